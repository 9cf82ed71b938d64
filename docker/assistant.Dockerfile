# The assistant: understands what callers say and decides. Trained while the image is built.
# Build from the project's folder: docker build -f docker/assistant.Dockerfile .
FROM python:3.10.18-slim-bookworm AS build
WORKDIR /build
COPY scripts/tools.lock scripts/build.lock bot/requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r tools.lock \
    && uv venv /opt/venv \
    && uv pip sync --no-cache --compile-bytecode --python /opt/venv/bin/python --require-hashes \
        --build-constraints build.lock requirements.lock

FROM python:3.10.18-slim-bookworm
# HOME and matplotlib's folder are writable although the rest of the image may be read-only.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    RASA_TELEMETRY_ENABLED=false \
    TF_CPP_MIN_LOG_LEVEL=3 \
    CUDA_VISIBLE_DEVICES=-1 \
    SQLALCHEMY_SILENCE_UBER_WARNING=1 \
    HOME=/tmp \
    MPLCONFIGDIR=/tmp
COPY --from=build /opt/venv /opt/venv
WORKDIR /app/bot
COPY LICENSE NOTICE /app/
COPY bot /app/bot
COPY nlu_data /app/nlu_data
RUN python -m rasa train --config config.yml --domain domain \
        --data ../nlu_data/nlu ../nlu_data/misheard ../nlu_data/rules ../nlu_data/stories ../nlu_data/lookups ../nlu_data/responses \
        --out models --fixed-model-name warmline \
    && useradd --system --uid 10001 --home-dir /tmp warmline
USER warmline
EXPOSE 5005
HEALTHCHECK --interval=10s --timeout=3s --start-period=90s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:5005/webhooks/voice/', timeout=2)"]
CMD ["python", "-m", "rasa", "run", "--model", "models/warmline.tar.gz", "--credentials", "credentials.yml", "--endpoints", "endpoints.yml", "--interface", "0.0.0.0", "--port", "5005"]
