//! What both documents share: header, footer, tables of facts, tables, and how times and texts are written.

use domain::Timestamp;
use domain::words::Phrase;

use crate::error::DocumentError;
use crate::fonts::Fonts;
use crate::layout::draft::{Area, Draft, Drawn, Item, Kind, Owner};
use crate::layout::flow::Flow;
use crate::layout::row::{Row, columns};
use crate::layout::stack::{Stack, text_item};
use crate::layout::style::{Align, BAD, BAND, BODY, Color, FOOTER_TOP, GOOD, INK, LABEL, MARGIN, SMALL, Style, WIDTH};
use crate::model::{About, Status, Tone};
use crate::pdf::{self, Attachment, Info};
use crate::words::{self, say};

/// A label with its value.
pub(crate) type Fact = (String, String);

/// A document in the making.
pub(crate) struct Sheet<'f> {
    pub(crate) flow: Flow<'f>,
    pub(crate) about: &'f About,
}

impl<'f> Sheet<'f> {
    /// An empty document with its title, whose pages name it and the project.
    pub(crate) fn new(fonts: &'f Fonts, about: &'f About, title: &str, subject: Option<&str>) -> Self {
        let named = subject.map_or_else(|| title.to_owned(), |subject| format!("{title} · {subject}"));
        let [left, right] = columns(WIDTH, [1.0, 1.0]);
        let header = Row::new(vec![
            Stack::new(fonts, left).text(&named, SMALL),
            Stack::new(fonts, right).text(&about.project, SMALL.aligned(Align::Right)),
        ]);
        let mut flow = Flow::new(fonts, header.padded(0.0, 4.0).ruled());
        flow.heading(1, title);
        Self { flow, about }
    }

    pub(crate) const fn say(&self, phrase: Phrase) -> &'static str {
        say(self.about.language, phrase)
    }

    /// A moment on the wall of the project's zone.
    pub(crate) fn time(&self, moment: Timestamp) -> String {
        moment.to_local_text(&self.about.zone)
    }

    pub(crate) fn labelled(&self, label: Phrase, value: &str) -> String {
        words::labelled(self.about.language, label, value)
    }

    /// What is known of the document itself.
    pub(crate) fn facts_of_document(&self) -> Vec<Fact> {
        let zone = self.about.zone.iana_name().unwrap_or("UTC").to_owned();
        vec![
            (self.say(words::MADE).to_owned(), self.time(self.about.made_at)),
            (self.say(words::TIME_ZONE).to_owned(), zone),
        ]
    }

    /// Adds facts, two beside each other.
    pub(crate) fn facts(&mut self, facts: &[Fact]) {
        let widths = columns(WIDTH, [1.0, 2.2, 1.0, 2.2]);
        let nothing: Fact = Fact::default();
        let rows = facts.chunks(2).map(|pair| {
            let (a, b) = (&pair[0], pair.get(1).unwrap_or(&nothing));
            let cells = [(&a.0, LABEL), (&a.1, BODY), (&b.0, LABEL), (&b.1, BODY)];
            let kinds = [Kind::RowHead, Kind::TableCell, Kind::RowHead, Kind::TableCell];
            self.row(&widths, &cells.map(|(text, style)| (text.as_str(), style))).of_table(kinds)
        });
        let rows = rows.collect();
        self.flow.table(None, rows);
    }

    /// Adds a table with these heads of columns.
    pub(crate) fn table<const N: usize>(
        &mut self,
        parts: [f32; N],
        heads: [Phrase; N],
        rows: Vec<[(String, Style); N]>,
    ) {
        let widths = columns(WIDTH, parts);
        let heads = heads.map(|head| (self.say(head), LABEL.bold()));
        let head = self.row(&widths, &heads).filled(BAND).of_table(std::iter::repeat_n(Kind::ColumnHead, N));
        let rows = rows.into_iter().map(|cells| {
            let cells: Vec<(&str, Style)> = cells.iter().map(|(text, style)| (text.as_str(), *style)).collect();
            self.row(&widths, &cells).of_table(std::iter::repeat_n(Kind::TableCell, N))
        });
        let rows = rows.collect();
        self.flow.table(Some(head), rows);
    }

    fn row(&self, widths: &[f32], cells: &[(&str, Style)]) -> Row<'f> {
        let cell =
            |(width, (text, style)): (&f32, &(&str, Style))| Stack::new(self.flow.fonts, *width).text(text, *style);
        Row::new(widths.iter().zip(cells).map(cell).collect()).padded(2.5, 2.5).ruled()
    }

    /// The document as PDF.
    ///
    /// # Errors
    /// `Invalid` if it would break the standard.
    pub(crate) fn write(self, title: String, id: &str, file: Option<Attachment>) -> Result<Vec<u8>, DocumentError> {
        let (fonts, about) = (self.flow.fonts, self.about);
        let made = self.labelled(words::MADE, &self.time(about.made_at));
        let left = if id.is_empty() { made } else { format!("{made} · SHA-256 {}", short(id)) };
        let mut draft = self.flow.finish();
        add_footers(&mut draft, fonts, about, &left);
        let id = format!("{title} {id} {}", about.made_at.to_rfc3339());
        let info = Info { title, language: about.language, made_at: about.made_at, id, attachment: file };
        pdf::write(draft, info, fonts)
    }
}

/// Numbers the pages.
fn add_footers(draft: &mut Draft, fonts: &Fonts, about: &About, left: &str) {
    let pages = draft.pages.len();
    let style = SMALL;
    let area = Area::new(MARGIN, FOOTER_TOP, WIDTH, 0.0);
    for (at, page) in draft.pages.iter_mut().enumerate() {
        let number = words::page(about.language, at + 1, pages);
        let text = |text: &str, style: Style| -> Item { text_item(crate::text::line(fonts, text), style, area) };
        let items = vec![text(left, style), text(&number, style.aligned(Align::Right))];
        page.drawn.push(Drawn { owner: Owner::Footer, items });
    }
}

/// The colour of good or bad news.
pub(crate) const fn color(tone: Tone) -> Color {
    match tone {
        Tone::Good => GOOD,
        Tone::Bad => BAD,
        Tone::Neutral => INK,
    }
}

/// A status as the text of a cell.
pub(crate) fn status(status: &Status) -> (String, Style) {
    (status.text.clone(), BODY.colored(color(status.tone)))
}

/// A text as that of a cell; a dash for none.
pub(crate) fn plain(text: Option<&str>) -> (String, Style) {
    (text.filter(|text| !text.is_empty()).unwrap_or("–").to_owned(), BODY)
}

/// The first and the last 8 digits of a hash.
pub(crate) fn short(hash: &str) -> String {
    match (hash.get(..8), hash.len().checked_sub(8).and_then(|start| hash.get(start..))) {
        (Some(first), Some(last)) if hash.len() > 16 => format!("{first}…{last}"),
        _ => hash.to_owned(),
    }
}
