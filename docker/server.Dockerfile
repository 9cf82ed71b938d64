# The server: callers and agents connect to it; it hears, speaks and keeps the records.
# Build from the project's folder: docker build -f docker/server.Dockerfile .
FROM python:3.11.13-slim-bookworm AS build
WORKDIR /build
COPY scripts/tools.lock scripts/build.lock docker/runtime.lock ./
RUN pip install --no-cache-dir --require-hashes -r tools.lock \
    && uv venv /opt/venv \
    && uv pip sync --no-cache --compile-bytecode --python /opt/venv/bin/python --require-hashes \
        --build-constraints build.lock runtime.lock

FROM python:3.11.13-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WARMLINE_HOST=0.0.0.0 \
    WARMLINE_PORT=8900 \
    WARMLINE_DESK_PORT=8910 \
    WARMLINE_DATA_DIR=/data
RUN useradd --system --uid 10001 --home-dir /data warmline \
    && install -d -o warmline -g warmline /data
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY LICENSE NOTICE ./
COPY contact_center contact_center
COPY voice_gateway voice_gateway
COPY agent_desk agent_desk
COPY speech_model speech_model
COPY nlu_data/responses nlu_data/responses
COPY nlu_data/nlu nlu_data/nlu
COPY nlu_data/lookups nlu_data/lookups
COPY nlu_data/pronunciations.txt nlu_data/
COPY warmline warmline
USER warmline
VOLUME /data
EXPOSE 8900 8910
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8900/healthz', timeout=2)"]
CMD ["python", "-m", "warmline", "serve", "--teach"]
