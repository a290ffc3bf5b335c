# Rust on Debian builds; an image of the same Debian without shell and package manager runs.
FROM docker.io/library/rust:1.95-slim-bookworm AS build
WORKDIR /src
# The glibc of this Debian knows packed relocations: a megabyte and a half less.
ENV RUSTFLAGS="-C link-arg=-Wl,-z,pack-relative-relocs"
COPY . .
# The two caches keep the dependencies from one build to the next, compiled. Cargo goes by
# modification times, and a cache may hold the build of another checkout: hence the `touch`, after
# which our own crate is always compiled anew.
RUN --mount=type=cache,id=docket-registry,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,id=docket-target,target=/src/target,sharing=locked \
    touch src/lib.rs src/main.rs && \
    cargo build --profile image --locked && \
    install -D -m 755 target/image/docket /out/usr/local/bin/docket && \
    install -D -m 644 -t /out/data deadlines.toml && \
    install -d /ledger && \
    install -D -m 644 -t /out/usr/share/doc/docket LICENSE-APACHE LICENSE-MIT \
        assets/fonts/LICENSE-LATIN assets/fonts/LICENSE-CHINESE

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/ /
COPY --from=build --chown=65532:65532 /ledger /ledger
# Mount your own record's folder over /data. The folder, not the file: editors replace a file by
# renaming another over it, and a mounted file would stay the old one.
ENV DOCKET_CONFIG=/data/deadlines.toml
# The one place that is written to. Keep it over upgrades: it knows what was posted.
ENV DOCKET_DATABASE=sqlite:///ledger/docket.db
VOLUME /ledger
# A number, so that an orchestrator can see that it is not root. Nothing is written to the image.
USER 65532:65532
STOPSIGNAL SIGTERM
# Inside a container only this reaches the page. Publish the port to a proxy, not to the world.
ENV DOCKET_LISTEN=0.0.0.0:8080
EXPOSE 8080
# Asks `/healthz`: not healthy means that the engine hangs, and that starting it again helps. An edit
# that was refused shows on `/readyz`; no restart would mend it.
HEALTHCHECK --interval=30s --timeout=10s --retries=3 CMD ["/usr/local/bin/docket", "health"]
ENTRYPOINT ["/usr/local/bin/docket"]
CMD ["run"]

ARG REVISION=unknown
LABEL org.opencontainers.image.title="Docket" \
      org.opencontainers.image.description="Tracks policy deadlines and the negotiations around them, and posts countdowns and changes" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.base.name="gcr.io/distroless/cc-debian12:nonroot" \
      org.opencontainers.image.revision="${REVISION}"
