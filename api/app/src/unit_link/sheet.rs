//! QR codes of owners' links: one as SVG, and a sheet of them as one page of HTML, to be printed from the browser.

use std::fmt::Write;

use domain::Timestamp;
use qrcode::{Color, EcLevel, QrCode};

use super::UnitLinkToken;
use super::many::OwnerLink;
use crate::App;
use crate::error::{Error, Result};

/// Light modules around a code, as its standard asks for.
const QUIET_ZONE: usize = 4;

/// The page without its labels. It has no script and loads nothing, so it can be opened from a file as well.
const HEAD: &str = r#"<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>QR</title>
<style>
@page { size: A4; margin: 10mm; }
body { margin: 0; font: 11pt/1.35 system-ui, "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: #000; }
main { display: grid; grid-template-columns: repeat(3, 1fr); gap: 4mm; }
section { border: 1px dashed #888; padding: 4mm; text-align: center; break-inside: avoid; overflow-wrap: anywhere; }
h2 { margin: 0; font-size: 16pt; }
p { margin: 1mm 0; }
svg { display: block; width: 48mm; height: 48mm; margin: 1mm auto; }
small { font-size: 8pt; }
</style>
</head>
<body>
<main>
"#;
const FOOT: &str = "</main>\n</body>\n</html>\n";

/// The QR code of a link, as SVG that fills its container.
///
/// # Errors
/// An internal error for an address that is too long for a code.
pub fn qr_code(app: &App, token: &UnitLinkToken) -> Result<String> {
    svg(&token.address(app))
}

/// One page with the QR code of each new link: the unit, the owner, the last day. Links that were there before are left
/// out, because their secrets are stored nowhere.
///
/// # Errors
/// An internal error for an address that is too long for a code.
pub fn page(app: &App, links: &[OwnerLink]) -> Result<String> {
    let mut page = HEAD.to_owned();
    for link in links {
        let Some(token) = &link.token else { continue };
        let (unit, person) = (escaped(&link.unit.code), escaped(&link.person.name));
        let day = Timestamp(link.row.expires_at).to_rfc3339();
        let day = day.get(..10).unwrap_or_default();
        let svg = svg(&token.address(app))?;
        let reached = if link.codes_to.is_some() { "" } else { NO_CHANNEL };
        // Writing to a text cannot fail.
        let _ = write!(
            page,
            "<section>\n<h2>{unit}</h2>\n<p>{person}</p>\n{svg}\n<p>扫码查看您的房屋<br>Scan to see your home</p>\n\
             {reached}<p><small>有效期至 / valid until {day} UTC</small></p>\n</section>\n"
        );
    }
    page.push_str(FOOT);
    Ok(page)
}

/// On the label of an owner to whom no code can be sent.
const NO_CHANNEL: &str = "<p><strong>未登记电话或邮箱 / no phone or e-mail on file</strong></p>\n";

fn svg(text: &str) -> Result<String> {
    let code =
        QrCode::with_error_correction_level(text, EcLevel::M).map_err(|error| Error::internal(error.to_string()))?;
    let (width, modules) = (code.width(), code.to_colors());
    let side = width + 2 * QUIET_ZONE;
    let mut path = String::new();
    for (y, row) in modules.chunks(width).enumerate() {
        let mut x = 0;
        // A line of dark modules is one rectangle.
        for run in row.chunk_by(|one, next| one == next) {
            if run.first() == Some(&Color::Dark) {
                let length = run.len();
                let _ = write!(path, "M{} {}h{length}v1h-{length}z", x + QUIET_ZONE, y + QUIET_ZONE);
            }
            x += run.len();
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" role=\"img\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The dark modules of a path, as text of the form of [`QrCode::to_debug_str`].
    fn drawn(svg: &str, width: usize) -> String {
        let path = svg.rsplit("d=\"").next().and_then(|rest| rest.split('"').next()).expect("a path");
        let mut modules = vec![vec!['.'; width]; width];
        for rectangle in path.split('z').filter(|rectangle| !rectangle.is_empty()) {
            let numbers: Vec<usize> =
                rectangle.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
            let [x, y, length, 1, back] = numbers[..] else { panic!("{rectangle}") };
            assert_eq!(length, back);
            modules[y - QUIET_ZONE][x - QUIET_ZONE..][..length].fill('#');
        }
        modules.into_iter().map(|row| row.into_iter().collect::<String>()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn an_svg_has_the_modules_of_the_code() {
        let text = "https://handover.example/link#bEKU1vqOaLfmXk6N0Q1yq3cM2mTg7y5hS0fVd8xW4zI";
        let code = QrCode::with_error_correction_level(text, EcLevel::M).expect("a code");
        let svg = svg(text).expect("a picture");
        assert_eq!(drawn(&svg, code.width()), code.to_debug_str('#', '.'));
        assert!(svg.len() < 10_000, "{} bytes", svg.len());
    }

    #[test]
    fn names_are_text_and_no_markup() {
        assert_eq!(escaped("<b>&\"O'Neill\""), "&lt;b&gt;&amp;&quot;O&#39;Neill&quot;");
    }
}
