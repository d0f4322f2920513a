//! Chinese characters that are one character to a reader: radicals and strokes, which Unicode has a second time, and
//! traditional characters beside the simplified ones.

use std::collections::HashMap;
use std::sync::LazyLock;

use hanconv::RawDictionary;

/// Radicals of the supplement (U+2E80 to U+2EF3) and strokes (U+31C0 to U+31E3), each followed by the character of its
/// shape: Unicode's property `Equivalent_Unified_Ideograph`. The other radicals are replaced by NFKC.
const RADICALS: &str = "\
    ⺁厂 ⺂乛 ⺃乚 ⺄乙 ⺅亻 ⺆冂 ⺇𠘨 ⺈刀 ⺉刂 ⺊卜 ⺋㔾 ⺌小 ⺍小 ⺎兀 ⺏尣 ⺐尢 ⺑𡯂 ⺒巳 ⺓幺 ⺔彑 \
    ⺕彐 ⺖忄 ⺗心 ⺘扌 ⺙攵 ⺛旡 ⺜日 ⺝月 ⺞歺 ⺠民 ⺡氵 ⺢氺 ⺣灬 ⺤爫 ⺥爫 ⺦丬 ⺧牛 ⺨犭 ⺩王 ⺪𤴔 \
    ⺫目 ⺬示 ⺭礻 ⺮𥫗 ⺯糹 ⺰纟 ⺱罓 ⺲罒 ⺳㓁 ⺴冗 ⺵𦉫 ⺶羊 ⺷𦍌 ⺸𦍋 ⺹耂 ⺺肀 ⺻聿 ⺼肉 ⺽𦥑 ⺾艹 \
    ⺿艹 ⻀艹 ⻁虎 ⻂衤 ⻃覀 ⻄西 ⻅见 ⻆角 ⻇𧢲 ⻈讠 ⻉贝 ⻊𧾷 ⻋车 ⻌辶 ⻍辶 ⻎辶 ⻏邑 ⻐钅 ⻑長 ⻒镸 \
    ⻓长 ⻔门 ⻕𨸏 ⻖阝 ⻗雨 ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻞𩙿 ⻟飠 ⻠饣 ⻡𩠐 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 \
    ⻧卤 ⻨麦 ⻩黄 ⻪黾 ⻫斉 ⻬齐 ⻭歯 ⻮齿 ⻯竜 ⻰龙 ⻱龜 ⻲亀 ㇆𠃌 ㇏乀 ㇐一 ㇑丨 ㇒丿 ㇓丿 ㇔丶 ㇕𠃍 \
    ㇖乛 ㇗𠃊 ㇘𠃎 ㇙𠄌 ㇚亅 ㇛𡿨 ㇜𠃋 ㇝乀 ㇞𠃑 ㇟乚 ㇠乙 ㇡𠄎";

/// OpenCC's table of traditional characters. Each line has a character and its simplified ones, the usual one first. It
/// is taken at compile time, so the program has this table without the crate's dictionaries of phrases.
const TRADITIONAL: &str = RawDictionary::TSCharacters.text();

/// The first character that has another one: those before are of other scripts.
const FIRST: char = '\u{2E80}';

/// Each character that is replaced, with the one in its place.
static REPLACED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let lines = TRADITIONAL.lines().filter(|line| !line.starts_with('#'));
    let simplified: HashMap<char, char> = lines.filter_map(table_line).collect();
    let radicals = RADICALS.split_whitespace().filter_map(two_chars);
    let radicals: Vec<_> = radicals.map(|(radical, c)| (radical, *simplified.get(&c).unwrap_or(&c))).collect();
    simplified.into_iter().chain(radicals).collect()
});

fn table_line(line: &str) -> Option<(char, char)> {
    let (traditional, simplified) = line.split_once('\t')?;
    Some((traditional.chars().next()?, simplified.chars().next()?))
}

fn two_chars(pair: &str) -> Option<(char, char)> {
    let mut chars = pair.chars();
    Some((chars.next()?, chars.next()?))
}

/// A text with radicals and strokes as characters, and traditional characters as simplified ones.
pub(super) fn simplified(text: &str) -> String {
    let replaced = |c: char| if c < FIRST { c } else { *REPLACED.get(&c).unwrap_or(&c) };
    text.chars().map(replaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radicals_and_traditional_characters_are_replaced() {
        for (text, simple) in [
            ("孫麗華", "孙丽华"),
            ("劉衛國", "刘卫国"),
            ("黃呂戶", "黄吕户"),
            ("\u{2EE2}\u{2EF0}", "马龙"),
            ("\u{2ED1}\u{31D0}", "长一"),
            ("孙丽华 Sun Lihua", "孙丽华 Sun Lihua"),
            ("田中さくら 이민호", "田中さくら 이민호"),
        ] {
            assert_eq!(simplified(text), simple, "{text}");
        }
    }

    #[test]
    fn the_tables_are_whole() {
        assert_eq!(RADICALS.split_whitespace().filter_map(two_chars).count(), 132);
        assert!(REPLACED.len() > 4_000, "{}", REPLACED.len());
    }
}
