"""The server: who gets in, what else it serves, and how it stops."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import InvalidStatus

from voice_gateway.tokens import TokenIssuer
from voice_gateway.transports.browser import BrowserLineLimits
from voice_gateway.transports.browser_protocol import Ended, Error
from voice_gateway.transports.line import Audio, CallerIdentity, HungUp, Line

SECRET = "a secret for tests, of thirty-two bytes or more"
Read = Callable[[ClientConnection], Awaitable[list[Any]]]


async def until_hang_up(line: Line, caller: CallerIdentity) -> None:
    """Answers, and sends back whatever the caller says."""
    await line.notify({"type": "answered", "call_id": "1"})
    async for received in line.received():
        if isinstance(received, Audio):
            await line.send_audio(received.pcm)


async def hello(connection: ClientConnection, token: str | None) -> None:
    fields = {"type": "hello"} | ({"token": token} if token is not None else {})
    await connection.send(json.dumps(fields))


async def answered(connection: ClientConnection, token: str) -> None:
    await hello(connection, token)
    assert json.loads(await connection.recv())["type"] == "answered"


async def refusal(connection: ClientConnection, read: Read) -> tuple[str, int | None]:
    [error] = await read(connection)
    assert isinstance(error, Error)
    assert error.message
    return error.code, connection.close_code


@pytest.fixture
def client() -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False)


class TestAdmission:
    async def test_a_caller_is_answered_and_heard(self, serve: Any) -> None:
        running = await serve(until_hang_up)
        async with running.connect() as connection:
            await answered(connection, running.token())
            await connection.send(b"\1\2" * 320)
            assert await connection.recv() == b"\1\2" * 320
            assert running.server.active_calls == 1

    async def test_each_bad_token_is_refused_in_its_own_words(
        self, serve: Any, everything_from: Read
    ) -> None:
        running = await serve(until_hang_up)
        used = running.token()
        async with running.connect() as connection:
            await answered(connection, used)
        now = datetime.now(UTC)
        stranger = TokenIssuer("another secret, just as long as ours is")
        tokens = {
            "token_missing": None,
            "token_invalid": stranger.issue("call", now=now),
            "token_expired": running.issuer.issue("call", now=now, ttl_s=-1),
            "token_wrong_scope": running.issuer.issue("desk", name="Sam", now=now),
            "token_reused": used,
        }
        for code, token in tokens.items():
            async with running.connect() as connection:
                await hello(connection, token)
                assert await refusal(connection, everything_from) == (code, 4401)

    async def test_a_call_too_many_is_told_that_the_line_is_busy(
        self, serve: Any, everything_from: Read
    ) -> None:
        running = await serve(until_hang_up, max_calls=1)
        async with running.connect() as first:
            await answered(first, running.token())
            async with running.connect() as second:
                await hello(second, running.token())
                assert await refusal(second, everything_from) == ("busy", 1013)
            await first.send(bytes(640))
            assert await first.recv() == bytes(640)
        assert await running.server.drain(10)

    async def test_a_place_is_free_again_after_a_call(self, serve: Any) -> None:
        over = asyncio.Event()

        async def answer(line: Line, caller: CallerIdentity) -> None:
            await until_hang_up(line, caller)
            over.set()

        running = await serve(answer, max_calls=1)
        for _ in range(3):
            over.clear()
            async with running.connect() as connection:
                await answered(connection, running.token())
            await over.wait()
            while running.server.active_calls:
                await asyncio.sleep(0.01)

    @pytest.mark.parametrize("subprotocols", [None, ["chat"]])
    async def test_a_wrong_subprotocol_is_named(
        self, serve: Any, everything_from: Read, subprotocols: list[str] | None
    ) -> None:
        running = await serve(until_hang_up)
        async with running.connect(subprotocols=subprotocols) as connection:
            assert await refusal(connection, everything_from) == ("unsupported_protocol", 4406)

    async def test_a_connection_that_says_nothing_is_closed(
        self, serve: Any, everything_from: Read
    ) -> None:
        running = await serve(until_hang_up, limits=BrowserLineLimits(hello_timeout_s=0.2))
        async with running.connect() as connection:
            assert await refusal(connection, everything_from) == ("hello_missing", 4408)

    @pytest.mark.parametrize(
        ("first", "code", "close_code"),
        [
            (bytes(640), "bad_message", 1008),
            ('{"type":"hangup"}', "bad_message", 1008),
            ('{"type":"hello","sample_rate":44100}', "bad_message", 1008),
            ("hello?", "not_json", 1003),
        ],
    )
    async def test_the_first_message_must_be_a_good_hello(
        self, serve: Any, everything_from: Read, first: Any, code: str, close_code: int
    ) -> None:
        running = await serve(until_hang_up)
        async with running.connect() as connection:
            await connection.send(first)
            assert await refusal(connection, everything_from) == (code, close_code)

    async def test_an_oversize_hello_is_not_even_read(self, serve: Any) -> None:
        running = await serve(until_hang_up)
        async with running.connect() as connection:
            await hello(connection, "x" * 70_000)
            await connection.wait_closed()
            assert connection.close_code == 1009


class TestFailure:
    async def test_an_exception_ends_its_own_call_only(
        self, serve: Any, everything_from: Read
    ) -> None:
        async def answer(line: Line, caller: CallerIdentity) -> None:
            await line.notify({"type": "answered", "call_id": "1"})
            async for received in line.received():
                if isinstance(received, Audio):
                    if received.pcm[0]:
                        raise RuntimeError("no such thing")
                    await line.send_audio(received.pcm)

        running = await serve(answer)
        async with running.connect() as good, running.connect() as bad:
            await answered(good, running.token())
            await answered(bad, running.token())
            await bad.send(b"\1\1" * 320)
            assert await refusal(bad, everything_from) == ("internal", 1011)
            await good.send(bytes(640))
            assert await good.recv() == bytes(640)

    async def test_a_call_that_outlives_its_caller_is_cut_off(self, serve: Any) -> None:
        async def answer(line: Line, caller: CallerIdentity) -> None:
            await line.notify({"type": "answered", "call_id": "1"})
            await asyncio.Event().wait()

        running = await serve(answer, hang_up_grace_s=0.1)
        async with running.connect() as connection:
            await answered(connection, running.token())
        assert await running.server.drain(10)

    async def test_a_taken_port_is_an_error_at_start(self, serve: Any) -> None:
        running = await serve(until_hang_up)
        other = type(running.server)(
            until_hang_up, running.server._tokens, port=running.server.port
        )
        with pytest.raises(OSError, match="address already in use"):
            await other.start()


class TestStopping:
    async def test_draining_lets_calls_finish_and_refuses_new_ones(
        self, serve: Any, everything_from: Read, client: httpx.AsyncClient
    ) -> None:
        running = await serve(until_hang_up)
        async with running.connect() as connection:
            await answered(connection, running.token())
            draining = asyncio.create_task(running.server.drain(10))
            await running.server.draining.wait()
            async with running.connect() as late:
                await hello(late, running.token())
                assert await refusal(late, everything_from) == ("draining", 1012)
            health = await client.get(f"{running.page_url}/healthz")
            assert (health.status_code, health.json()["status"]) == (503, "draining")
            await connection.send(bytes(640))
            assert await connection.recv() == bytes(640)
        assert await draining

    async def test_draining_says_when_a_call_did_not_end_in_time(self, serve: Any) -> None:
        running = await serve(until_hang_up)
        async with running.connect() as connection:
            await answered(connection, running.token())
            assert not await running.server.drain(0.05)

    async def test_closing_tells_the_caller_and_lets_the_call_store_its_end(
        self, serve: Any, everything_from: Read
    ) -> None:
        stored = []

        async def answer(line: Line, caller: CallerIdentity) -> None:
            await line.notify({"type": "answered", "call_id": "1"})
            async for received in line.received():
                if isinstance(received, HungUp):
                    await asyncio.sleep(0.05)
                    stored.append(received)

        running = await serve(answer)
        async with running.connect() as connection:
            await answered(connection, running.token())
            await running.server.close()
            assert await everything_from(connection) == [Ended("draining")]
        assert len(stored) == 1


class TestOtherPaths:
    async def test_a_further_websocket_path_gets_its_connections(self, serve: Any) -> None:
        async def desk(connection: ServerConnection) -> None:
            async for message in connection:
                await connection.send(f"{connection.subprotocol}: {message!r}")

        running = await serve(until_hang_up)
        running.server.route("/v1/desk", desk, subprotocol="warmline.desk.v1")
        url = f"ws://127.0.0.1:{running.server.port}/v1/desk"
        for offered, selected in ((["warmline.desk.v1"], "warmline.desk.v1"), (None, None)):
            async with connect(url, subprotocols=offered, proxy=None) as connection:
                await connection.send("hello")
                assert await connection.recv() == f"{selected}: 'hello'"

    async def test_a_failing_handler_closes_its_connection_only(self, serve: Any) -> None:
        async def desk(connection: ServerConnection) -> None:
            raise RuntimeError("no desk today")

        running = await serve(until_hang_up)
        running.server.route("/v1/desk", desk)
        async with running.connect() as call:
            await answered(call, running.token())
            url = f"ws://127.0.0.1:{running.server.port}/v1/desk"
            async with connect(url, proxy=None) as connection:
                await connection.wait_closed()
                assert connection.close_code == 1011
            await call.send(bytes(640))
            assert await call.recv() == bytes(640)

    @pytest.mark.parametrize("path", ["/v1/call", "/"])
    async def test_a_path_is_given_away_once(self, serve: Any, path: str) -> None:
        running = await serve(until_hang_up)
        with pytest.raises(ValueError, match="already"):
            running.server.route(path, until_hang_up)

    async def test_a_websocket_to_nowhere_is_refused(self, serve: Any) -> None:
        running = await serve(until_hang_up)
        with pytest.raises(InvalidStatus, match="404"):
            await connect(f"ws://127.0.0.1:{running.server.port}/v2/call", proxy=None)

    async def test_plain_http_on_the_call_path_is_told_to_upgrade(
        self, serve: Any, client: httpx.AsyncClient
    ) -> None:
        running = await serve(until_hang_up)
        answer = await client.get(f"{running.page_url}/v1/call")
        assert (answer.status_code, answer.headers["Upgrade"]) == (426, "websocket")


class TestHttp:
    @pytest.mark.parametrize(
        ("path", "content_type"),
        [
            ("/", "text/html"),
            ("/style.css", "text/css"),
            ("/call.js", "text/javascript"),
            ("/sound.js", "text/javascript"),
            ("/audio_worklets.js", "text/javascript"),
            ("/icon.svg", "image/svg+xml"),
        ],
    )
    async def test_the_page_and_its_parts_are_served_safely(
        self, serve: Any, client: httpx.AsyncClient, path: str, content_type: str
    ) -> None:
        running = await serve(until_hang_up)
        answer = await client.get(running.page_url + path)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(content_type)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize("path", ["/../server.py", "/page/index.html", "/%2e%2e/", "//["])
    async def test_nothing_else_is_served(self, serve: Any, path: str) -> None:
        running = await serve(until_hang_up)
        reader, writer = await asyncio.open_connection("127.0.0.1", running.server.port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        status = (await reader.readline()).split()[1]
        writer.close()
        assert status in (b"400", b"404")

    async def test_health_says_how_busy_the_line_is_and_what_else_is_known(
        self, serve: Any, client: httpx.AsyncClient
    ) -> None:
        async def assistant() -> dict[str, str]:
            return {"assistant": "ok"}

        running = await serve(until_hang_up, max_calls=7, health=assistant)
        answer = await client.get(f"{running.page_url}/healthz")
        assert answer.status_code == 200
        assert answer.json() == {"status": "ok", "calls": 0, "max_calls": 7, "assistant": "ok"}

    async def test_a_failing_health_check_makes_the_server_unwell_not_dead(
        self, serve: Any, client: httpx.AsyncClient
    ) -> None:
        async def broken() -> dict[str, str]:
            raise RuntimeError("no idea")

        running = await serve(until_hang_up, health=broken)
        answer = await client.get(f"{running.page_url}/healthz")
        assert (answer.status_code, answer.json()["status"]) == (503, "failing")

    async def test_metrics_count_calls_and_audio(
        self, serve: Any, client: httpx.AsyncClient
    ) -> None:
        running = await serve(until_hang_up)
        async with running.connect() as connection:
            await answered(connection, running.token())
            await connection.send(bytes(640))
            await connection.recv()
            answer = await client.get(f"{running.page_url}/metrics")
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert "warmline_calls_active 1.0" in answer.text
        assert "warmline_audio_received_seconds_total" in answer.text


class TestDevelopmentTokens:
    @pytest.fixture
    async def running(self, serve: Any) -> Any:
        return await serve(
            until_hang_up,
            development_tokens=TokenIssuer(SECRET),
            allowed_hosts=["line.example"],
        )

    @pytest.mark.parametrize("caller", ["%2B15550100042", "+15550100042", "+1 555 010 0042"])
    async def test_the_page_gets_a_token_that_works(
        self, running: Any, client: httpx.AsyncClient, caller: str
    ) -> None:
        answer = await client.get(
            f"{running.page_url}/v1/token?caller={caller}",
            headers={"Sec-Fetch-Site": "same-origin", "Origin": running.page_url},
        )
        assert answer.status_code == 200
        claims = running.server._tokens.verify(answer.json()["token"], "call", datetime.now(UTC))
        assert claims.caller == "+15550100042"

    async def test_a_number_may_be_withheld(self, running: Any, client: httpx.AsyncClient) -> None:
        answer = await client.get(f"{running.page_url}/v1/token?caller=")
        token = answer.json()["token"]
        assert running.server._tokens.verify(token, "call", datetime.now(UTC)).caller is None

    @pytest.mark.parametrize("caller", ["abc", "+0123456789", "123", "+1555010004212345"])
    async def test_what_is_no_number_is_refused(
        self, running: Any, client: httpx.AsyncClient, caller: str
    ) -> None:
        answer = await client.get(f"{running.page_url}/v1/token", params={"caller": caller})
        assert answer.status_code == 400
        assert "country code" in answer.json()["error"]

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "http://elsewhere.example"},
            {"Origin": "null"},
            {"Host": "rebound.example:8900"},
            {"Host": ""},
        ],
    )
    async def test_another_sites_page_gets_none(
        self, running: Any, client: httpx.AsyncClient, headers: dict[str, str]
    ) -> None:
        answer = await client.get(f"{running.page_url}/v1/token", headers=headers)
        assert answer.status_code == 403

    @pytest.mark.parametrize(
        "host", ["localhost:8900", "[::1]:8900", "192.168.0.7", "LINE.example"]
    )
    async def test_the_servers_own_names_are_known(
        self, running: Any, client: httpx.AsyncClient, host: str
    ) -> None:
        answer = await client.get(f"{running.page_url}/v1/token", headers={"Host": host})
        assert answer.status_code == 200

    async def test_without_them_the_page_is_told_what_to_do(
        self, serve: Any, client: httpx.AsyncClient
    ) -> None:
        running = await serve(until_hang_up)
        answer = await client.get(f"{running.page_url}/v1/token")
        assert answer.status_code == 404
        assert "#token=" in answer.json()["error"]
