//! Text that cannot do harm where it is put.

/// The longest line of a message that is made of somebody's words, in characters.
const LONGEST_LINE: usize = 200;

/// One line of a text, for a subject or a header: without line breaks, control characters and marks that turn the direction of
/// reading, and not too long.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || unseen(c)).filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    if line.chars().count() <= LONGEST_LINE {
        return line;
    }
    line.chars().take(LONGEST_LINE - 1).chain(['…']).collect()
}

/// A text of several lines without control characters.
pub(super) fn lines(text: &str) -> String {
    text.trim().replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !unseen(*c)).collect()
}

/// What is not shown and may mislead: control characters, and marks that turn the direction of reading.
fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The text where HTML has text or the value of an attribute in double quotes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
