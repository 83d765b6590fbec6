use escalon_application::message::{LinkAction, PAGE_HEADERS, answer, ask};

#[test]
fn following_a_link_shows_a_button_and_does_nothing() {
    for (action, button) in
        [(LinkAction::Acknowledge, "Acknowledge"), (LinkAction::Unsubscribe, "Stop these emails")]
    {
        let page = ask(action, "Payments <b>fail</b>");
        assert!(
            page.contains(&format!("<form method=\"post\"><button type=\"submit\">{button}</button></form>"))
        );
        assert!(page.contains("Payments &lt;b&gt;fail&lt;/b&gt;"));
        // Nothing that a program would run or follow without a person.
        for automatic in ["<script", "http-equiv", "<img", "<a ", "<link", "autofocus", "onload"] {
            assert!(!page.contains(automatic), "{automatic}");
        }
    }
}

#[test]
fn what_came_of_it_is_a_sentence() {
    assert!(answer("It is <yours>.").contains("<p>It is &lt;yours&gt;.</p>"));
}

#[test]
fn the_pages_load_nothing_and_are_kept_by_nobody() {
    let header = |name| PAGE_HEADERS.iter().find(|(known, _)| *known == name).unwrap().1;
    assert!(header("content-security-policy").starts_with("default-src 'none'; form-action 'self'"));
    assert_eq!((header("cache-control"), header("referrer-policy")), ("no-store", "no-referrer"));
}
