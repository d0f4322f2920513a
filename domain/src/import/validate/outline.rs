//! The outline of a room on its plan.

use crate::words::Bilingual;

type Point = [f64; 2];

/// The fault of an outline; an empty one is a room that is not drawn.
pub(super) fn fault(outline: &[Point]) -> Option<Bilingual> {
    if outline.is_empty() {
        return None;
    }
    if let Some(corner) = outline.iter().position(|point| !point.iter().all(|c| (0.0..=1.0).contains(c))) {
        let [x, y] = outline[corner];
        let en = format!("corner {corner} is [{x}, {y}]; x and y go from 0 to 1");
        return Some((en, format!("角点 {corner} 为 [{x}, {y}]；x 和 y 应在 0 到 1 之间")).into());
    }
    if outline.len() < 3 {
        let count = outline.len();
        let en = format!("has {count} corners; at least 3 are needed");
        return Some((en, format!("有 {count} 个角点；至少需要 3 个")).into());
    }
    if let Some(corner) = (0..outline.len()).find(|i| outline[*i] == outline[(i + 1) % outline.len()]) {
        let en = format!("corner {corner} is repeated; leave the second out, the outline closes by itself");
        return Some((en, format!("角点 {corner} 重复；请删去后一个，轮廓会自动闭合")).into());
    }
    if let Some((a, b)) = crossing(outline) {
        let en = format!("crosses itself between sides {a} and {b}; list the corners in order around the room");
        return Some((en, format!("边 {a} 与边 {b} 相交；请沿房间一周依次列出角点")).into());
    }
    let flat = ("encloses no area; the corners lie on one line", "没有围成面积；各角点在一条直线上");
    (area(outline) < 1e-6).then(|| flat.into())
}

/// Two sides that meet although they are not neighbours.
fn crossing(outline: &[Point]) -> Option<(usize, usize)> {
    let count = outline.len();
    let side = |i: usize| (outline[i], outline[(i + 1) % count]);
    let pairs = (0..count).flat_map(|a| (a + 2..count).map(move |b| (a, b)));
    pairs.filter(|(a, b)| (b + 1) % count != *a).find(|(a, b)| meet(side(*a), side(*b)))
}

/// On which side of the line through `a` and `b` the point lies.
fn turn(a: Point, b: Point, point: Point) -> f64 {
    (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
}

fn within(a: Point, b: Point, point: Point) -> bool {
    (0..2).all(|c| point[c] >= a[c].min(b[c]) && point[c] <= a[c].max(b[c]))
}

fn meet((a, b): (Point, Point), (c, d): (Point, Point)) -> bool {
    let (abc, abd, cda, cdb) = (turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b));
    if abc * abd < 0.0 && cda * cdb < 0.0 {
        return true;
    }
    (abc == 0.0 && within(a, b, c))
        || (abd == 0.0 && within(a, b, d))
        || (cda == 0.0 && within(c, d, a))
        || (cdb == 0.0 && within(c, d, b))
}

/// By the shoelace formula.
fn area(outline: &[Point]) -> f64 {
    let count = outline.len();
    let twice: f64 = (0..count)
        .map(|i| {
            let (from, to) = (outline[i], outline[(i + 1) % count]);
            from[0] * to[1] - to[0] * from[1]
        })
        .sum();
    twice.abs() / 2.0
}
