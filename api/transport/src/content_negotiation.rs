//! Which of the two media types of GraphQL over HTTP an answer has.

use http::{HeaderMap, HeaderValue, header};

/// The media type of an answer, and with it the meaning of its status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`: 200 whatever GraphQL says, for clients that read the body only.
    Json,
    /// `application/graphql-response+json`: a request that did not run is a 400.
    GraphQl,
}

impl Media {
    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
        })
    }

    /// What the client accepts best; `None` if it accepts neither.
    pub(super) fn negotiate(headers: &HeaderMap) -> Option<Self> {
        let accepted = headers.get_all(header::ACCEPT);
        if accepted.iter().all(HeaderValue::is_empty) {
            return Some(Self::Json);
        }
        let ranges: Vec<Range> = accepted
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(Range::parse)
            .collect();
        let json = quality(&ranges, "application/json");
        let graphql = quality(&ranges, "application/graphql-response+json");
        match (json, graphql) {
            // A wildcard alone means plain JSON; a client that names the newer type gets it.
            (_, (q, true)) if q > 0.0 && q >= json.0 => Some(Self::GraphQl),
            ((q, _), _) if q > 0.0 && q >= graphql.0 => Some(Self::Json),
            (_, (q, _)) if q > 0.0 => Some(Self::GraphQl),
            _ => None,
        }
    }
}

/// What the client accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    /// The best form of a single answer.
    pub(super) media: Option<Media>,
    /// A stream of events; a wildcard does not mean it.
    pub(super) events: bool,
}

impl Accepted {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let mut ranges = accepted.flat_map(|value| value.split(',')).filter_map(Range::parse);
        let events = ranges.any(|range| range.media == "text/event-stream" && range.quality > 0.0);
        Self { media: Media::negotiate(headers), events }
    }
}

/// One media range of an `Accept` header.
struct Range {
    media: String,
    quality: f32,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let media = parts.next().filter(|media| media.contains('/'))?.to_ascii_lowercase();
        let mut quality = 1.0;
        for (name, value) in parts.filter_map(|part| part.split_once('=')) {
            match name.trim().to_ascii_lowercase().as_str() {
                "q" => quality = value.trim().parse().unwrap_or(0.0),
                // We write UTF-8 only.
                "charset" if !value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8") => return None,
                _ => {}
            }
        }
        Some(Self { media, quality })
    }
}

/// The quality by the most specific range that fits, and whether it names the type in full.
fn quality(ranges: &[Range], media: &str) -> (f32, bool) {
    [media, "application/*", "*/*"]
        .into_iter()
        .find_map(|wanted| {
            let range = ranges.iter().find(|range| range.media == wanted)?;
            Some((range.quality, wanted == media))
        })
        .unwrap_or((0.0, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_of_what_is_accepted() {
        let cases = [
            ("*/*", Some(Media::Json)),
            ("application/*", Some(Media::Json)),
            ("application/json", Some(Media::Json)),
            ("application/graphql-response+json", Some(Media::GraphQl)),
            ("application/graphql-response+json, application/json;q=0.9", Some(Media::GraphQl)),
            ("application/json, application/graphql-response+json", Some(Media::GraphQl)),
            ("application/graphql-response+json;q=0.5, application/json", Some(Media::Json)),
            ("multipart/mixed;deferSpec=20220824, application/json", Some(Media::Json)),
            ("application/json;q=0, */*", Some(Media::GraphQl)),
            ("application/json; charset=utf-8", Some(Media::Json)),
            ("application/json; charset=latin1", None),
            ("text/html", None),
            ("application/json;q=0", None),
        ];
        for (accept, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(Media::negotiate(&headers), expected, "{accept}");
        }
        assert_eq!(Media::negotiate(&HeaderMap::new()), Some(Media::Json));
    }

    #[test]
    fn a_stream_of_events_must_be_asked_for_by_name() {
        let cases = [
            ("text/event-stream", (None, true)),
            ("application/json, text/event-stream", (Some(Media::Json), true)),
            ("text/event-stream;q=0, */*", (Some(Media::Json), false)),
            ("text/*", (None, false)),
            ("*/*", (Some(Media::Json), false)),
        ];
        for (accept, (media, events)) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(Accepted::of(&headers), Accepted { media, events }, "{accept}");
        }
    }
}
