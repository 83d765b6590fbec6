use escalon_application::message::{Email, Letter, MailDomain, Story, render};
use escalon_domain::{escalation::Urgency, notification::Occasion};
use proptest::prelude::*;

use crate::{NOTIFICATION, id, level, story};

fn domain() -> MailDomain {
    "Escalon.example.com".parse().unwrap()
}

fn letter(stories: &[Story]) -> Email {
    let (domain, occasion) = (domain(), level());
    let unsubscribe = Some("https://escalon.example.com/links/stop");
    render(&Letter { organization: "Acme", domain: &domain, stories, occasion: Some(&occasion), unsubscribe })
        .unwrap()
}

fn header<'a>(email: &'a Email, name: &str) -> Option<&'a str> {
    email.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

#[test]
fn it_tells_what_and_why_and_what_to_do() {
    let email = letter(&[story()]);
    assert_eq!(email.subject, "[Acme] Urgent: Payments fail");
    assert_eq!(
        email.text,
        "Urgent: Payments fail\n\nTicket: GROW-20260105-0001\n\nSince nine.\n\nNobody can pay.\n\n\
         Acknowledge: https://escalon.example.com/links/abc\nView: https://escalon.example.com/t/1?a=1&b=2\n\n\
         You are told because on call in schedule primary (level 2).\n\n----\n\n\
         Your preferences say what you are told by email.\n"
    );
    for part in [
        "<h1 style=\"margin:4px 0 12px;font-size:18px\">Payments fail</h1>",
        "<a href=\"https://escalon.example.com/links/abc\"",
        "<a href=\"https://escalon.example.com/t/1?a=1&amp;b=2\"",
        "<p>Since nine.</p><p>Nobody can pay.</p>",
        "on call in schedule primary (level 2)",
    ] {
        assert!(email.html.contains(part), "{part}\n{}", email.html);
    }
}

#[test]
fn mail_programs_put_it_into_its_thread() {
    let email = letter(&[story()]);
    let root = format!("<{}@escalon.example.com>", id::<escalon_domain::escalation::Escalation>(0xe5c));
    assert_eq!(header(&email, "Message-ID").unwrap(), format!("<{NOTIFICATION}@escalon.example.com>"));
    assert_eq!(header(&email, "References"), Some(root.as_str()));
    assert_eq!(header(&email, "In-Reply-To"), Some(root.as_str()));
    assert_eq!(header(&email, "Auto-Submitted"), Some("auto-generated"));
    assert_eq!(header(&email, "List-Unsubscribe"), Some("<https://escalon.example.com/links/stop>"));
    assert_eq!(header(&email, "List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
    assert_eq!(
        letter(&[story()]).headers,
        email.headers,
        "an attempt that is made again is the same message"
    );

    // Another level of the same escalation is in the same thread.
    let next = Occasion::Level { escalation: id(0xe5c), level: 3, round: 2 };
    assert_eq!(domain().root(&next), root);
    let event = Occasion::Event { stream: "odd <stream>@x".into(), version: 1 };
    assert_eq!(domain().root(&event), "<odd--stream--x@escalon.example.com>");
}

#[test]
fn several_are_one_message() {
    let low = Story { urgency: Urgency::Low, notification: id(8), title: "Slow".into(), ..story() };
    let email = letter(&[low, story()]);
    assert_eq!(email.subject, "[Acme] 2 notifications: Slow …");
    assert!(email.text.contains("Low: Slow") && email.text.contains("Urgent: Payments fail"));
    assert!(
        render(&Letter {
            organization: "Acme",
            domain: &domain(),
            stories: &[],
            occasion: None,
            unsubscribe: None
        })
        .is_none()
    );
}

#[test]
fn without_a_thread_or_a_way_to_stop_it_says_nothing_of_them() {
    let domain = domain();
    for unsubscribe in
        [None, Some("http://example.com/x"), Some("https://example.com/\r\nBcc: x@example.com")]
    {
        let letter = Letter {
            organization: "Acme",
            domain: &domain,
            stories: &[story()],
            occasion: None,
            unsubscribe,
        };
        let email = render(&letter).unwrap();
        assert_eq!(email.headers.len(), 2, "{:?}", email.headers);
    }
}

#[test]
fn a_link_leads_to_a_page_or_is_left_out() {
    for bad in ["javascript:alert(1)", "https://example.com/\nX", "data:text/html,x", "https://exa mple.com"]
    {
        let email = letter(&[Story { view: Some(bad.into()), acknowledge: None, ..story() }]);
        assert!(!email.html.contains("View") && !email.text.contains("View:"), "{bad}");
    }
}

#[test]
fn words_stay_words() {
    let nasty = "<script>alert(\"1\")</script>\r\nBcc: x@example.com\u{202e}";
    let facts = vec![(nasty.into(), nasty.into())];
    let (title, because, text) = (nasty.to_owned(), nasty.to_owned(), Some(nasty.to_owned()));
    let email = letter(&[Story { title, because, text, facts, ..story() }]);
    assert_eq!(email.subject, "[Acme] Urgent: <script>alert(\"1\")</script> Bcc: x@example.com");
    assert!(!email.html.contains("<script") && email.html.contains("&lt;script&gt;alert(&quot;1&quot;)"));
    assert!(!email.text.contains('\u{202e}') && !email.text.contains('\r'));
    let long = letter(&[Story { title: "ß".repeat(500), ..story() }]);
    assert_eq!(long.subject.chars().count(), 200);
}

#[test]
fn a_domain_is_a_domain() {
    for bad in ["", "a b", "x>", "-a.example", "a..b", "ä.example", &"a".repeat(64)] {
        assert!(bad.parse::<MailDomain>().is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn no_words_make_markup_or_headers(words in "[^\n]{0,60}") {
        let of = |words: &str| letter(&[Story {
            title: words.into(),
            because: words.into(),
            text: Some(format!("x{words}")),
            facts: vec![(words.into(), words.into())],
            ..story()
        }]);
        let marks = |html: &str| ['<', '>', '"'].map(|mark| html.matches(mark).count());
        let (email, plain) = (of(&words), of("x"));
        prop_assert_eq!(marks(&email.html), marks(&plain.html));
        prop_assert_eq!(&email.headers, &plain.headers);
        prop_assert!(!email.subject.chars().any(char::is_control));
        prop_assert!(email.headers.iter().all(|(_, value)| value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())));
    }
}
