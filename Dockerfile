# The programs of pingan, for those who run containers; compose.yaml uses it.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/opt/pingan PINGAN_HOME=/var/lib/pingan
WORKDIR /opt/pingan

COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement requirements.lock

COPY . .
RUN useradd --system --home-dir /var/lib/pingan --create-home pingan
USER pingan
# keys live here, shared by server and worker
VOLUME /var/lib/pingan

ENTRYPOINT ["python", "-P", "-m", "cli"]
CMD ["serve", "--host", "0.0.0.0"]
