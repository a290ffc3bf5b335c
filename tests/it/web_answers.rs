//! How the page answers, whatever it says: tags and what is kept, headers, refusals, who may read,
//! health. Asked in this process, like what it says (`web`).

use crate::support::{noon, parse};
use crate::web::{STORY, get, in_force, pulse, send, shipped_site, site};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use docket::domain::Timestamp;
use docket::engine::{Pulse, Refused, State};
use docket::web::{Metrics, Site, router};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

#[tokio::test]
async fn an_answer_that_is_known_is_not_sent_again() {
    let router = shipped_site();
    for address in [
        "/",
        "/api/v1/deadlines",
        "/calendar.ics",
        "/feed.atom",
        "/timeline.svg",
    ] {
        let first = get(&router, address).await;
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with('"'), "{address}: {etag}");
        assert_eq!(first.header("cache-control"), "no-cache");
        let ask = |method: Method, name: &str, value: &str| {
            let request = Request::builder().method(method).uri(address);
            request
                .header(name, value)
                .body(Body::empty())
                .expect("a request")
        };
        let again = send(
            &router,
            ask(Method::GET, "if-none-match", &format!("W/{etag}")),
        )
        .await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{address}");
        assert!(again.body.is_empty());
        for named in [format!("\"other\", {etag}"), "*".to_owned()] {
            let again = send(&router, ask(Method::GET, "if-none-match", &named)).await;
            assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{address}: {named}");
            assert_eq!(again.header("etag"), etag);
        }
        let other = send(&router, ask(Method::GET, "if-none-match", "\"other\"")).await;
        assert_eq!(
            (other.status, other.body.len()),
            (StatusCode::OK, first.body.len())
        );
        let head = send(&router, ask(Method::HEAD, "accept", "*/*")).await;
        assert_eq!(head.header("content-length"), first.body.len().to_string());
        assert!(head.body.is_empty());
        let packed = send(&router, ask(Method::GET, "accept-encoding", "br, gzip")).await;
        assert_eq!(packed.header("content-encoding"), "gzip");
        assert_ne!(packed.header("etag"), etag);
        assert!(packed.body.len() < first.body.len() / 2);
        assert_eq!(packed.header("vary"), "Accept-Encoding");
        assert_eq!(first.header("vary"), "Accept-Encoding");
        let unpacked = send(&router, ask(Method::GET, "accept-encoding", "gzip;q=0, *")).await;
        assert_eq!(unpacked.header("content-encoding"), "");
        assert_eq!(unpacked.body, first.body);
    }
}

#[tokio::test]
async fn an_edit_shows_at_once() {
    let pulse = pulse(parse(STORY));
    let router = site(pulse.clone());
    let before = get(&router, "/").await;
    let docket = parse(&STORY.replace("must be sold", "was sold"));
    pulse.publish(State {
        in_force: Some(in_force(docket, 2)),
        ..State::default()
    });
    let after = get(&router, "/").await;
    assert_ne!(before.header("etag"), after.header("etag"));
    assert!(after.text().contains("was sold"));
}

/// What is kept belongs to its minute: a countdown goes on.
#[tokio::test]
async fn an_answer_is_made_anew_when_the_minute_is_over() {
    static SECONDS: AtomicI64 = AtomicI64::new(0);
    fn now() -> Timestamp {
        noon() + chrono::TimeDelta::seconds(SECONDS.load(Ordering::Relaxed))
    }
    let figures = Metrics::apart().0;
    let router = router(Arc::new(Site::new(pulse(parse(STORY)), now, None, figures)));
    let left = async || get(&router, "/api/v1/deadlines/sale").await.json()["days_left"].clone();
    assert_eq!(left().await, json!(71));
    // In New York the next day begins at five in the morning of UTC.
    SECONDS.store(17 * 3_600 - 1, Ordering::Relaxed);
    assert_eq!(left().await, json!(71));
    SECONDS.store(17 * 3_600, Ordering::Relaxed);
    assert_eq!(left().await, json!(70));
}

#[tokio::test]
async fn scripts_of_other_pages_read_data_and_feeds_and_no_page() {
    let router = shipped_site();
    for (address, is_open) in [
        ("/api/v1/deadlines", true),
        ("/api/v1/deadlines/nowhere", true),
        ("/calendar.ics", true),
        ("/feed.atom", true),
        ("/", false),
        ("/deadlines/tariff-truce", false),
        ("/readyz", false),
        ("/metrics", false),
    ] {
        let answer = get(&router, address).await;
        let allowed = answer.header("access-control-allow-origin");
        assert_eq!(allowed, if is_open { "*" } else { "" }, "{address}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{address}");
    }
    let ask = Request::options("/api/v1/talks").body(Body::empty());
    let allowed = send(&router, ask.expect("a request")).await;
    assert_eq!(allowed.status, StatusCode::NO_CONTENT);
    assert_eq!(allowed.header("access-control-allow-methods"), "GET, HEAD");
    // A picture brings its style sheet with it, and may do nothing else.
    let svg = get(&router, "/timeline.svg").await;
    let policy = svg.header("content-security-policy");
    assert_eq!(
        policy,
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    );
}

#[tokio::test]
async fn wrong_questions_are_answered_with_a_way_out() {
    let router = shipped_site();
    let cases = [
        (
            "/deadlines/tarif-truce",
            404,
            "did you mean `tariff-truce`?",
            "Did you mean `tariff-truce`?",
        ),
        (
            "/talks/us-china",
            404,
            "us-china-trade",
            "/talks/us-china-trade",
        ),
        (
            "/deadlines/tariff-truce?as_of=2020-01-01",
            404,
            "was not known at",
            "As it is known now",
        ),
        ("/deadlines?as_of=soon", 404, "", "There is no"),
        (
            "/deadlines/tariff-truce?as_of=soon",
            400,
            "is not a date or time",
            "Write a date",
        ),
        (
            "/?topic=tarifs",
            400,
            "no item has the topic",
            "Did you mean `tariffs`?",
        ),
        ("/?state=open", 400, "is not a state", "is not a state"),
        ("/?within=soon", 400, "", "Write `30d`"),
        ("/timeline.svg?width=9", 400, "", "is not a width"),
        ("/nowhere", 404, "", "There is no `/nowhere` here"),
    ];
    for (address, status, detail, said) in cases {
        let page = get(&router, address).await;
        assert_eq!(page.status.as_u16(), status, "{address}");
        let text = page.text();
        assert!(text.contains(said), "{address}: {text}");
        if detail.is_empty() {
            continue;
        }
        let api = match address.strip_prefix("/?") {
            Some(query) => format!("/api/v1/deadlines?{query}"),
            None => format!("/api/v1{address}"),
        };
        let problem = get(&router, &api).await;
        assert_eq!(problem.header("content-type"), "application/problem+json");
        assert_eq!(problem.json()["status"], status, "{api}");
        assert!(problem.text().contains(detail), "{api}: {}", problem.text());
    }
    let wrong = get(&router, "/api/v1/deadlines?topics=tariffs").await;
    assert_eq!(wrong.json()["help"], "did you mean `topic`?");
    let long = get(&router, &format!("/?topic={}", "x".repeat(3_000))).await;
    assert_eq!(long.status, StatusCode::URI_TOO_LONG);
    let far = get(&router, "/api/v1/deadlines?as_of=3500-01-01").await;
    assert_eq!(far.json()["help"], "years go from 1700 to 2999");
    let nowhere = get(&router, "/api/v1/deadlins").await;
    let help = "`/api/v1/openapi.json` says what there is";
    assert_eq!(nowhere.json()["help"], help);
}

#[tokio::test]
async fn what_would_change_something_is_refused_in_words() {
    let router = shipped_site();
    for (address, said) in [
        ("/", "<p>Read it with GET"),
        ("/healthz", "`/healthz` does not answer to POST"),
        ("/api/v1/deadlines", "\"help\": \"read it with GET"),
    ] {
        let post = Request::post(address).body(Body::empty());
        let answer = send(&router, post.expect("a request")).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{address}");
        assert!(answer.header("allow").contains("GET"), "{address}");
        let text = answer.text();
        assert!(text.contains(said), "{address}: {text}");
    }
}

#[tokio::test]
async fn nothing_is_loaded_from_elsewhere_and_nothing_is_in_line() {
    let router = shipped_site();
    for address in ["/", "/deadlines/tariff-truce", "/talks", "/nowhere"] {
        let page = get(&router, address).await;
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        let text = page.text();
        assert!(
            !text.contains(" style=") && !text.contains("<style"),
            "{address}"
        );
        assert!(
            !text.contains("<script>") && !text.contains(" onclick"),
            "{address}"
        );
        for loaded in text
            .split("src=\"")
            .skip(1)
            .chain(text.split("srcset=\"").skip(1))
        {
            assert!(
                loaded.starts_with('/') && !loaded.starts_with("//"),
                "{loaded:.60}"
            );
        }
        for name in ["page.", "icon."] {
            let (_, rest) = text
                .split_once(&format!("/assets/{name}"))
                .expect("an asset");
            let address = format!("/assets/{name}{}", rest.split('"').next().expect("its end"));
            let asset = get(&router, &address).await;
            assert_eq!(asset.status, StatusCode::OK, "{address}");
            assert!(asset.header("cache-control").contains("immutable"));
        }
    }
}

#[tokio::test]
async fn pixels_are_made_once() {
    let router = site(pulse(parse(STORY)));
    let first = get(&router, "/deadlines/sale/chart.png").await;
    assert!(first.body.starts_with(b"\x89PNG"));
    assert_eq!(first.header("content-type"), "image/png");
    let dark = get(&router, "/deadlines/sale/chart.png?theme=dark").await;
    assert_ne!(dark.header("etag"), first.header("etag"));
    assert_eq!(
        get(&router, "/deadlines/sale/chart.png").await.body,
        first.body
    );
}

#[tokio::test(start_paused = true)]
async fn health_tells_what_is_wrong() {
    let pulse = Arc::new(Pulse::default());
    let router = site(pulse.clone());
    assert_eq!(get(&router, "/healthz").await.status, StatusCode::OK);
    assert_eq!(
        get(&router, "/readyz").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(
        get(&router, "/").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );

    let good = State {
        in_force: Some(in_force(parse(STORY), 7)),
        round: Some(noon()),
        ..State::default()
    };
    pulse.publish(good.clone());
    let ready = get(&router, "/readyz").await;
    assert_eq!(
        (ready.status, &ready.json()["problems"]),
        (StatusCode::OK, &json!([]))
    );

    pulse.hears(Some("the gateway is not connected".to_owned()));
    let deaf = get(&router, "/readyz").await;
    assert_eq!(deaf.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(deaf.json()["problems"][0]["about"], "gateway");
    pulse.hears(None);

    pulse.publish(State {
        refused: Some(Refused {
            at: noon(),
            why: "the edit has errors".to_owned(),
            report: Some("line 3".to_owned()),
        }),
        ..good.clone()
    });
    let refused = get(&router, "/readyz").await;
    // No restart mends an edit, and the last good record is in force.
    assert_eq!(refused.status, StatusCode::OK);
    assert_eq!(
        refused.json()["problems"],
        json!([{ "about": "edit", "why": "the edit has errors", "report": "line 3" }])
    );
    let metrics = get(&router, "/metrics").await;
    assert!(
        metrics.text().contains("\ndocket_edit_refused 1\n"),
        "{}",
        metrics.text()
    );
    assert!(
        metrics
            .text()
            .contains("\ndocket_record_items{kind=\"deadline\"} 2\n")
    );

    assert_eq!(metrics.header("cache-control"), "no-store");

    pulse.publish(State {
        clock: Some("it is the year 1970".to_owned()),
        ..good.clone()
    });
    let unready = get(&router, "/readyz").await;
    assert_eq!(unready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(unready.json()["problems"][0]["about"], "clock");

    pulse.publish(State {
        ledger: Some("the disk is full".to_owned()),
        ..good.clone()
    });
    let unready = get(&router, "/readyz").await;
    assert_eq!(unready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(unready.json()["problems"][0]["about"], "ledger");
    assert_eq!(get(&router, "/healthz").await.status, StatusCode::OK);

    pulse.publish(good);
    assert_eq!(get(&router, "/readyz").await.status, StatusCode::OK);
    tokio::time::advance(std::time::Duration::from_secs(121)).await;
    assert_eq!(
        get(&router, "/healthz").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    let hangs = get(&router, "/readyz").await;
    assert_eq!(hangs.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(hangs.json()["problems"][0]["about"], "engine");
}
