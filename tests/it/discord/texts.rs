//! Texts made harmless.

use docket::discord::text::{cut, lines, link, plain, safe, web_address};

#[test]
fn markdown_shows_as_it_is_written() {
    let shown = |text: &str| safe(text, 200).replace('\u{200b}', "·");
    for (text, expected) in [
        (
            "US–China trade talks (round 2) - 10.5%",
            "US–China trade talks (round 2) - 10.5%",
        ),
        (
            "*a* _b_ ~~c~~ `d` ||e||",
            r"\*a\* \_b\_ \~\~c\~\~ \`d\` \|\|e\|\|",
        ),
        (
            "[text](https://evil.example)",
            r"\[text\](https\://evil.example)",
        ),
        ("https://evil.example", r"https\://evil.example"),
        (
            "<@&1> <@1> <#1> <t:1:R> </a:1>",
            r"\<@·&1> \<@·1> \<#1> \<t:1:R> \</a:1>",
        ),
        ("@everyone and @here", "@·everyone and @·here"),
        ("# heading", r"\# heading"),
        ("> quote", r"\> quote"),
        ("- list", r"\- list"),
        ("-# small", r"\-# small"),
        ("12. list", r"12\. list"),
        ("1.5 billion", "1.5 billion"),
        ("0.1.0", "0.1.0"),
        (r"back\slash", r"back\\slash"),
        ("two\nlines\tand  blanks ", "two lines and blanks"),
    ] {
        assert_eq!(shown(text), expected);
    }
}

#[test]
fn marks_of_direction_end_where_they_began() {
    assert_eq!(safe("a\u{202e}b\u{2066}c", 10), "abc");
    assert_eq!(safe("المهلة", 20), "\u{2068}المهلة\u{2069}");
    assert_eq!(plain("\u{200b}\u{202e}", 10), "(no text)");
    assert_eq!(plain("👩\u{200d}🚀 go", 10), "👩\u{200d}🚀 go");
}

#[test]
fn what_is_too_long_ends_with_an_ellipsis() {
    assert_eq!(cut("abcdef", 6), "abcdef");
    assert_eq!(cut("abcdefg", 6), "abcde…");
    assert_eq!(cut("关税休战延长", 4), "关税休…");
    // Not within an escape, nor within a joined sign.
    assert_eq!(cut(r"abc\*d", 5), "abc…");
    assert_eq!(cut(r"abc\\*d", 6), r"abc\\…");
    assert_eq!(cut("ab👩\u{200d}🚀x", 5), "ab👩…");
    let safe = safe(&"*".repeat(50), 10);
    assert_eq!(safe, r"\*".repeat(9) + "…");
}

#[test]
fn lines_that_do_not_fit_are_counted() {
    let all: Vec<_> = (1..=9).map(|it| format!("line {it}")).collect();
    let rest = |count| format!("and {count} more");
    assert_eq!(lines(&all[..2], 13, rest), "line 1\nline 2");
    assert_eq!(lines(&all, 30, rest), "line 1\nline 2\nand 7 more");
    assert_eq!(lines(&all, 3, rest), "and 9 more");
}

#[test]
fn only_addresses_of_the_web_are_links() {
    assert_eq!(
        web_address("https://a.example/x(1)?q=<>", 99).as_deref(),
        Some("https://a.example/x%281%29?q=%3C%3E")
    );
    for bad in [
        "javascript:alert(1)",
        "ftp://a.example",
        "https://",
        "https://a b",
        "https:///x",
        "",
    ] {
        assert_eq!(web_address(bad, 99), None, "{bad}");
    }
    assert_eq!(web_address("https://a.example/long", 10), None);
    assert_eq!(link("T", 10, Some("javascript:x")), "T");
    assert_eq!(
        link("[T]", 10, Some("http://a.example")),
        r"[\[T\]](http://a.example)"
    );
}
