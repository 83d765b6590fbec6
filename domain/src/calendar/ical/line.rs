//! Content lines: unfolded, and taken apart into name, parameters and value (RFC 5545, section 3.1).

/// A content line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The number of the line of the text on which it begins, from 1.
    pub(super) number: usize,
    /// Its name in capitals; empty where the line is not a content line.
    pub(super) name: String,
    /// Its parameters, with their names in capitals.
    parameters: Vec<(String, String)>,
    /// Its value.
    pub(super) value: String,
}

/// The lines of a text; one that begins with a space or tab goes on with the line before.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut unfolded: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let line = line.trim_end_matches('\r');
        match (line.strip_prefix([' ', '\t']), unfolded.last_mut()) {
            (Some(rest), Some((_, before))) => before.push_str(rest),
            _ if line.is_empty() => {}
            _ => unfolded.push((number, line.to_owned())),
        }
    }
    unfolded.into_iter().map(|(number, text)| Line::read(number, &text)).collect()
}

impl Line {
    fn read(number: usize, text: &str) -> Self {
        let Some((head, value)) = outside_quotes(text, ':') else {
            return Self { number, name: String::new(), parameters: Vec::new(), value: text.to_owned() };
        };
        let (name, mut rest) = outside_quotes(head, ';').unwrap_or((head, ""));
        let mut parameters = Vec::new();
        while !rest.is_empty() {
            let (parameter, further) = outside_quotes(rest, ';').unwrap_or((rest, ""));
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            parameters.push((name.to_ascii_uppercase(), value.trim_matches('"').to_owned()));
            rest = further;
        }
        Self { number, name: name.to_ascii_uppercase(), parameters, value: value.to_owned() }
    }

    /// The value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Its value as people read it.
    pub(super) fn text(&self) -> String {
        let (mut text, mut escaped) = (String::new(), false);
        for letter in self.value.chars() {
            match (escaped, letter) {
                (false, '\\') => escaped = true,
                (true, 'n' | 'N') => {
                    text.push(' ');
                    escaped = false;
                }
                (_, letter) => {
                    text.push(letter);
                    escaped = false;
                }
            }
        }
        text.trim().to_owned()
    }
}

/// What stands before and after the first such letter that is not within quotes.
fn outside_quotes(text: &str, letter: char) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (place, found) in text.char_indices() {
        match found {
            '"' => quoted = !quoted,
            found if found == letter && !quoted => {
                return Some((&text[..place], &text[place + letter.len_utf8()..]));
            }
            _ => {}
        }
    }
    None
}
