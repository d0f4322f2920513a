use super::*;

fn is_found(bearer: &str, other: &str) -> bool {
    let mut names = PersonNames::default();
    names.add(&PersonName::new(bearer), ());
    names.reading_like(&PersonName::new(other)).next().is_some()
}

fn people_read_alike(one: &str, other: &str) -> bool {
    let alike = is_found(one, other);
    assert_eq!(is_found(other, one), alike, "{one} {other}: whoever comes first");
    alike
}

fn companies_read_alike(one: &str, other: &str) -> bool {
    let others = company_name_keys(other);
    company_name_keys(one).iter().any(|key| others.contains(key))
}

#[test]
fn names_with_letters_of_the_same_shape_read_alike() {
    for (one, other) in [
        // Cyrillic, Greek, mathematical and full-width letters, and digits.
        ("Hans Meier", "Нans Meier"),
        ("Hans Meier", "НАNS МЕIЕR"),
        ("Sofia Rossi", "Sоfiа Rоssi"),
        ("Ivan", "Іvan"),
        ("ivan", "іvаn"),
        ("Anna Nova", "Αnna Νova"),
        ("Anna", "𝐀nna"),
        ("Anna", "Ａｎｎａ"),
        ("Bob Cole", "B0b C0le"),
        ("Bill", "Bi1l"),
        ("Ian Lee", "lan Lee"),
        // The same letters in another case.
        ("Lan Chen", "lan chen"),
        ("Захар", "ЗАХАР"),
        ("Захар", "захар"),
        ("İstanbul", "istanbul"),
        ("José", "JOSE\u{301}"),
        ("علی\u{200C}رضا", "علیرضا"),
        // Traditional characters, and radicals of both blocks.
        ("孙丽华", "孫麗華"),
        ("马龙", "\u{2EE2}\u{2EF0}"),
        ("田一", "\u{2F65}一"),
        ("王一", "王\u{31D0}"),
    ] {
        assert!(people_read_alike(one, other), "{one} {other}");
        assert!(companies_read_alike(one, other), "{one} {other}");
    }
}

#[test]
fn the_order_of_words_counts_for_companies_only() {
    for (one, other) in [
        ("Sun Lihua", "Lihua Sun"),
        ("Sun Lihua", "Lihua, Sun"),
        ("Sun Lihua 孙丽华", "孙丽华 Lihua Sun"),
        ("Anna-Maria Silva", "Silva Anna Maria"),
        ("Sofia Rossi", "Rоssi Sоfiа"),
    ] {
        assert!(people_read_alike(one, other), "{one} {other}");
        assert!(!companies_read_alike(one, other), "{one} {other}");
    }
}

#[test]
fn each_script_of_a_persons_name_reads_as_the_name() {
    let name = "Sun Lihua 孙丽华";
    for part in [
        "孙丽华",
        "孙 丽华",
        "孫麗華",
        "Sun Lihua",
        "SUN LIHUA",
        "SunLihua",
        "lihuasun",
        "Sun Li Hua",
        "Lihua, Sun",
        "Sun Lihu\u{430}",
        // A run of it beside other words.
        "Sun Lihua 孙丽花",
        "孙丽华 Bob Cole",
        "Li 孙丽华",
        "SunLihua孫麗華",
    ] {
        assert!(people_read_alike(name, part), "{part}");
    }
    for (one, other) in [
        ("李民浩 이민호", "이민호"),
        ("Иван Петров Ivan Petrov", "Иван Петров"),
        ("J. Smith 史密斯", "史密斯"),
        ("John F. Kennedy 肯尼迪", "Kennedy, John F."),
        ("山田 さくら Yamada Sakura", "山田さくら"),
        // A single word is the whole other name.
        ("Jessica 李娜", "jessica"),
        ("SunLihua 孙丽华", "Sun Lihua"),
        ("Chen Wei 2", "ChenWei 2"),
        ("陈伟2", "陈伟 2"),
    ] {
        assert!(people_read_alike(one, other), "{one} {other}");
    }
    for part in ["Hengtai Construction", "恒泰建设"] {
        assert!(!companies_read_alike("Hengtai Construction 恒泰建设", part), "{part}");
    }
}

#[test]
fn a_part_that_says_little_is_no_name() {
    for (one, other) in [
        ("Wang Li", "Li"),
        ("Wang Li 王丽", "Li"),
        ("Wang Li 王丽", "Wang"),
        ("Wang 王丽", "Wang"),
        ("王丽", "王"),
        ("Li 王丽", "Li 李娜"),
        ("Zhang 张伟", "Zhang 张丽"),
        ("Jessica 李娜", "Jessica 王芳"),
        ("Li Na", "Lina"),
        ("山田 さくら", "山田 太郎"),
        // A letter or a number at the end tells namesakes apart.
        ("陈伟", "陈伟 2"),
        ("陈伟A", "陈伟B"),
        ("Chen Wei 陈伟 1", "Chen Wei 陈伟 2"),
        ("Chen Wei 陈伟", "Chen Wei 陈伟 2"),
    ] {
        assert!(!people_read_alike(one, other), "{one} {other}");
    }
}

#[test]
fn other_names_stay_others() {
    for (one, other) in [
        ("Lan Chen", "Ian Chen"),
        ("Jose", "José"),
        ("Sun Lihua", "Sun Lihui"),
        ("Contractor A", "Contractor B"),
        // Chinese characters that differ by a stroke, and those that look like letters of other scripts.
        ("王士", "王土"),
        ("李未", "李末"),
        ("田一", "田ー"),
        ("张力", "张カ"),
        ("李〇", "李O"),
        ("孙丽华", "华丽孙"),
        ("...", "---"),
    ] {
        assert!(!people_read_alike(one, other), "{one} {other}");
    }
}
