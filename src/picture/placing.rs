//! Places for labels: the first of several candidates that touches nothing placed before.

/// A box on the paper; y grows downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Area {
    /// Whether two boxes have a point in common.
    fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Whether another box lies in this one.
    fn holds(&self, other: &Self) -> bool {
        self.left <= other.left
            && other.right <= self.right
            && self.top <= other.top
            && other.bottom <= self.bottom
    }
}

/// What is taken of an area. Its work grows with the square of what is placed: callers bound that.
#[derive(Debug)]
pub(super) struct Placing {
    within: Area,
    taken: Vec<Area>,
}

impl Placing {
    /// Nothing is taken yet.
    pub(super) fn within(within: Area) -> Self {
        let taken = Vec::new();
        Self { within, taken }
    }

    /// Nothing may be placed here.
    pub(super) fn block(&mut self, area: Area) {
        self.taken.push(area);
    }

    /// Whether a box is free.
    pub(super) fn is_free(&self, area: &Area) -> bool {
        self.within.holds(area) && !self.taken.iter().any(|taken| taken.meets(area))
    }

    /// Takes the first candidate of which all boxes are free, and says which that is.
    pub(super) fn place<const N: usize>(&mut self, candidates: &[[Area; N]]) -> Option<usize> {
        let free = |areas: &[Area; N]| areas.iter().all(|area| self.is_free(area));
        let chosen = candidates.iter().position(free)?;
        self.taken.extend(candidates[chosen]);
        Some(chosen)
    }
}
