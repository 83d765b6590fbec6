//! Bar charts as SVG, without fonts of their own.

use std::fmt::Write;

use super::number::number;

const WIDTH: f64 = 860.0;
const LEFT: f64 = 250.0;
const RIGHT: f64 = 90.0;
const BAR: f64 = 15.0;
const GAP: f64 = 3.0;
const HEAD: f64 = 52.0;
/// Between two groups, with the lower one's name.
const BETWEEN: f64 = 30.0;

/// Lying bars in groups.
pub(super) struct Chart<'a> {
    pub(super) title: &'a str,
    pub(super) unit: &'a str,
    pub(super) groups: Vec<Group>,
}

/// Bars below a name.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) bars: Vec<Bar>,
}

/// A bar: ours is coloured, a limit is pale.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) value: f64,
    pub(super) lowest: f64,
    pub(super) highest: f64,
    pub(super) kind: Kind,
}

/// Whose bar it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Ours,
    Peer,
    Limit,
}

impl Kind {
    const fn colour(self) -> &'static str {
        match self {
            Self::Ours => "#1f6feb",
            Self::Peer => "#8b949e",
            Self::Limit => "#d0d7de",
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

impl Chart<'_> {
    pub(super) fn svg(&self) -> String {
        let bars = || self.groups.iter().flat_map(|group| &group.bars);
        let most = bars().map(|bar| bar.highest).fold(f64::MIN_POSITIVE, f64::max);
        let scale = (WIDTH - LEFT - RIGHT) / most;
        let mut body = String::new();
        let mut y = HEAD;
        for group in &self.groups {
            y += BETWEEN;
            let _ = writeln!(
                body,
                r#"<text x="12" y="{:.1}" font-weight="600">{}</text>"#,
                y - 8.0,
                escaped(&group.name)
            );
            for bar in &group.bars {
                body += &bar.svg(y, scale);
                y += BAR + GAP;
            }
        }
        let height = y + 14.0;
        let (title, unit) = (escaped(self.title), escaped(self.unit));
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0}" font-family="sans-serif" font-size="12" fill="#24292f" role="img" aria-label="{title}">
<rect width="{WIDTH}" height="{height:.0}" fill="#ffffff"/>
<text x="12" y="24" font-size="16" font-weight="600">{title}</text>
<text x="12" y="43" fill="#57606a">{unit}; median, the line from the lowest to the highest round</text>
{body}</svg>
"##
        )
    }
}

impl Bar {
    fn svg(&self, y: f64, scale: f64) -> String {
        let at = |value: f64| LEFT + value * scale;
        let (text, middle) = (y + BAR - 3.5, y + BAR / 2.0);
        let (name, colour) = (escaped(&self.name), self.kind.colour());
        let (width, lowest, highest) = (self.value * scale, at(self.lowest), at(self.highest));
        let label = at(self.value.max(self.highest)) + 6.0;
        format!(
            r##"<text x="{:.1}" y="{text:.1}" text-anchor="end">{name}</text>
<rect x="{LEFT}" y="{y:.1}" width="{width:.1}" height="{BAR}" fill="{colour}"/>
<line x1="{lowest:.1}" y1="{middle:.1}" x2="{highest:.1}" y2="{middle:.1}" stroke="#24292f"/>
<text x="{label:.1}" y="{text:.1}">{}</text>
"##,
            LEFT - 8.0,
            number(self.value)
        )
    }
}
