# The action server: what the assistant does, on the contact centre's data.
# Build from the project's folder: docker build -f docker/actions.Dockerfile .
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
    WARMLINE_DATA_DIR=/data
RUN useradd --system --uid 10001 --home-dir /data warmline \
    && install -d -o warmline -g warmline /data
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY LICENSE NOTICE ./
COPY contact_center contact_center
COPY actions actions
COPY nlu_data/order_policy.yml nlu_data/order_policy.yml
USER warmline
VOLUME /data
EXPOSE 5055
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:5055/health', timeout=2)"]
CMD ["python", "-m", "actions", "--host", "0.0.0.0", "--port", "5055"]
