# One image for one process: docker build --build-arg SERVICE=video_svc .
# SERVICE is gateway, scene_svc, image_svc, video_svc or stitch_svc; it brings only what its own lock file names.
# It runs as nobody in particular, needs no compiler, and writes to /data alone: the rest of its disk can be read-only.

ARG PYTHON=3.11.13-slim-bookworm

FROM python:${PYTHON} AS packages
ARG SERVICE=gateway
COPY requirements/images/${SERVICE}.lock /packages.lock
# Wheels only, so that nothing is compiled; the font is pure data that comes as a source archive.
RUN python -m venv /packages \
    && /packages/bin/pip install --no-cache-dir --require-hashes --only-binary=:all: --no-binary=font-roboto -r /packages.lock

FROM python:${PYTHON} AS code
ARG SERVICE=gateway
WORKDIR /app
COPY requirements/studio.lock requirements/studio.lock
COPY scenebeat/studio.py scenebeat/studio.py
COPY ${SERVICE} ${SERVICE}
# The gateway's page is built here, by Node from PyPI; of its sources and tools nothing else is kept.
RUN if [ -d ${SERVICE}/web ]; then \
        python scenebeat/studio.py build \
        && find ${SERVICE}/web -mindepth 1 -maxdepth 1 ! -name dist -exec rm -rf {} +; \
    fi

FROM python:${PYTHON}
ARG SERVICE=gateway
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin scenebeat \
    && install --directory --owner=scenebeat --group=scenebeat /data
COPY --from=packages /packages /packages
COPY configs /app/configs
COPY shared /app/shared
COPY --from=code /app/${SERVICE} /app/${SERVICE}
ENV PATH=/packages/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONSAFEPATH=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SCENEBEAT_DATA=/data \
    SCENEBEAT_LOOKOUT__PORT=9100 \
    SERVICE=${SERVICE}
WORKDIR /data
VOLUME /data
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s --retries=3 CMD ["python", "-m", "shared.health"]
CMD ["sh", "-c", "exec python -m \"$SERVICE\""]
