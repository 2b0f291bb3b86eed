FROM node:24-slim AS web
WORKDIR /web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund --no-update-notifier
COPY web ./
RUN npm run build

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
COPY services/api services/api
COPY deploy/__init__.py deploy/__init__.py
COPY deploy/docker/__init__.py deploy/docker/probe.py deploy/docker/
COPY --from=web /web/dist web/dist
COPY deploy/scoring deploy/scoring
USER 10001
EXPOSE 8000 9104
CMD ["python", "-m", "services.api"]
