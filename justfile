# Every check of the project, under one name each. CI calls these recipes and has no commands of its
# own, so that what passes here passes there.

set shell := ["bash", "-euo", "pipefail", "-c"]

# What builds and runs the image: docker, or podman with BUILDAH_FORMAT=docker
container := env("CONTAINER", "docker")

just := just_executable()

[private]
default:
    @{{ just }} --list

# What a change must pass before it is sent
[group('all')]
check: fmt clippy doc lint-files test

# All that CI does, in its order: the quick checks first
[group('all')]
ci:
    #!/usr/bin/env bash
    set -euo pipefail
    started=${DOCKET_CI_STARTED:-$EPOCHSECONDS}
    for step in fmt lint-files deny clippy doc test; do
        printf '\n== %4ss  %s\n' "$((EPOCHSECONDS - started))" "$step"
        {{ just }} "$step"
    done

# Formatting, without changing anything: `cargo fmt` changes it
[group('checks')]
fmt:
    cargo fmt --all -- --check
    {{ just }} --fmt --check

# Lints of the code, its tests and its benchmarks
[group('checks')]
clippy:
    cargo clippy --all-targets --locked -- -D warnings

# The pages of rustdoc, private items too: no broken link, nothing undocumented
[group('checks')]
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items --locked

# Scripts, Dockerfile, workflows and spelling
[group('checks')]
lint-files:
    shellcheck .ci/run $(git ls-files '*.sh')
    hadolint Dockerfile
    zizmor --offline --quiet --strict-collection .github/workflows
    typos

# Licences, duplicates and origin of the dependencies
[group('checks')]
deny:
    cargo deny --locked check bans licenses sources

# Known weaknesses of the dependencies: asks the network, and can fail without any change here
[group('checks')]
advisories:
    cargo deny --locked check advisories

# The oldest Rust that Cargo.toml promises
[group('checks')]
oldest-rust:
    #!/usr/bin/env bash
    set -euo pipefail
    oldest=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
    rustup toolchain install "$oldest" --profile minimal
    cargo "+$oldest" check --all-targets --locked

# All tests
[group('tests')]
test:
    cargo test --locked

# Run any number of seeds of the simulator, from `first` on, built for speed
[group('tests')]
sim seeds="100000" first="0":
    DOCKET_SIM_SEEDS={{ seeds }} DOCKET_SIM_FIRST={{ first }} \
        cargo test --locked --release --test sim every_promise -- --nocapture

# Look for the first seed that catches each planted defect
[group('tests')]
defects:
    DOCKET_SIM_SEARCH=0 cargo test --locked --release --test sim each_planted -- --nocapture

# Kill and stop replicas on PostgreSQL past their leases, and crash the server: half an hour
[group('tests')]
storms:
    DOCKET_TEST_STORM=full cargo test --locked --test it storm -- --nocapture

# Rewrite the snapshots: `git diff` then shows what the change does to the output
[group('tests')]
snapshots:
    INSTA_UPDATE=always cargo test --locked

# Take the screenshots of docs/page anew, of the bot that serves the page at this address
[group('tests')]
screenshots address="http://127.0.0.1:8080":
    npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund --silent
    node tests/browser/check.mjs {{ address }} docs/page

# The benchmarks
[group('tests')]
bench:
    cargo bench --locked

# Throw random records at the parser; a crash leaves its input in fuzz/artifacts and in the log
[group('tests')]
fuzz seconds="60":
    RUSTC_BOOTSTRAP=1 cargo fuzz run parse -- -max_total_time={{ seconds }}

# Build the image, and have it check its record as it would run in production
[group('release')]
image tag="docket:dev":
    {{ container }} build --build-arg REVISION="$(git rev-parse HEAD)" --tag {{ tag }} .
    {{ container }} run --rm --read-only --cap-drop=all {{ tag }} check
