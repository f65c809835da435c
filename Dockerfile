# The service as a container: docs/docker.md tells how to run it.
#
#     docker build --build-arg TELLER_COMMIT=$(git rev-parse HEAD) -t skycoin/teller .

FROM rust:1.95-slim-trixie AS build
WORKDIR /build
COPY Cargo.toml Cargo.lock askama.toml ./
COPY src src
COPY cmd cmd
COPY web web
COPY addresses addresses
# Told by /api/health beside the version; left out where it is not given.
ARG TELLER_COMMIT=
RUN if [ -n "$TELLER_COMMIT" ]; then export TELLER_COMMIT; else unset TELLER_COMMIT; fi; \
    cargo build --release --locked --bin teller --bin tool

# The same suite as above: the program needs no newer C library than it was linked with.
FROM debian:trixie-slim
# Numbers, so that the owner of a volume can be named where there is no such user.
RUN groupadd --gid 10001 teller \
    && useradd --uid 10001 --gid teller --home-dir /data --no-create-home --shell /usr/sbin/nologin teller \
    && install --directory --owner teller --group teller --mode 0700 /data \
    && install --directory /usr/local/teller
COPY --from=build /build/target/release/teller /build/target/release/tool /usr/local/bin/
COPY config.toml /usr/local/share/teller/config.toml
# config.toml and the address files are mounted here; paths in the config are relative to it.
WORKDIR /usr/local/teller
USER teller
# The database, and automatic certificates.
VOLUME ["/data"]
# Public, admin.
EXPOSE 7071 7711
# It may take long to read millions of addresses for the first time, or to audit a large database.
HEALTHCHECK --interval=30s --timeout=15s --start-period=5m --retries=3 CMD ["teller", "--dir", "/data", "health"]
ENTRYPOINT ["teller", "--dir", "/data"]
