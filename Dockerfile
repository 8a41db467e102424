# Two stages: the first turns the three distributions into wheels and installs them beside the pinned
# dependencies; the second has Python, Pango and that folder, and runs as nobody in particular.

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src

# The dependencies first: this layer is made again only when the pins change.
COPY requirements/ requirements/
RUN python -m venv /opt/tallymark \
    && /opt/tallymark/bin/pip install --require-hashes --only-binary :all: -r requirements/app.txt \
    && pip install --require-hashes --only-binary :all: -r requirements/build.txt

COPY pyproject.toml README.md LICENSE ./
COPY platform/ platform/
COPY tenants/ tenants/
COPY connectors/ connectors/
COPY metrics_plugins/ metrics_plugins/
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels ./metrics_plugins/sdk ./metrics_plugins/core . \
    && /opt/tallymark/bin/pip install --no-deps --no-index /wheels/*.whl


FROM python:3.13-slim-bookworm AS runtime
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/tallymark tallymark

COPY --from=build /opt/tallymark /opt/tallymark
COPY scripts/prepare_database.py /opt/tallymark/prepare_database.py

ENV PATH=/opt/tallymark/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TALLYMARK_MODE=production \
    TALLYMARK_DATA=/var/lib/tallymark \
    TALLYMARK_HOST=0.0.0.0 \
    TALLYMARK_PORT=8300
WORKDIR /var/lib/tallymark
VOLUME /var/lib/tallymark
USER tallymark
EXPOSE 8300

# The server answers only to the names in TALLYMARK_HOSTS, so the question is put to the first of them.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-c", "import os, urllib.request as web; host = os.environ['TALLYMARK_HOSTS'].split(',')[0].strip().lstrip('.'); web.urlopen(web.Request('http://127.0.0.1:' + os.environ['TALLYMARK_PORT'] + '/healthz', headers={'Host': host}), timeout=4)"]

ENTRYPOINT ["tallymark"]
CMD ["serve"]
