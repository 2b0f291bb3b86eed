FROM python:3.11-slim AS packages
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1
COPY requirements-uv.txt requirements-runtime.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-uv.txt \
    && uv venv /opt/venv \
    && uv pip sync --require-hashes --python /opt/venv/bin/python requirements-runtime.lock

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home pantau
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=packages /opt/venv /opt/venv
COPY pantau pantau
COPY services/__init__.py services/__init__.py
COPY services/ingest services/ingest
COPY services/connectors services/connectors
COPY deploy/__init__.py deploy/__init__.py
COPY deploy/docker/__init__.py deploy/docker/probe.py deploy/docker/
COPY deploy/accounts.yaml deploy/accounts.yaml
USER 10001
EXPOSE 8001 9101
CMD ["python", "-m", "services.ingest"]
