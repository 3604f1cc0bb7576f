//! Takes the overlap of every pair of a workload a number of times, and nothing else: for counting
//! instructions. The difference of two runs with different numbers of times is that of the overlaps
//! alone. Used by `benches/instructions.sh`.
//!
//! ```text
//! pairs WORKLOAD volume|moments|twos|portable|job PAIRS TIMES
//! ```
//!
//! All but `job` have both cells prepared: `twos` takes the volumes of two pairs with the same target
//! together, `portable` does so without what only some processors have. `job` fills the source cell
//! for each pair and takes the volume.

use std::error::Error;
use std::hint::black_box;

use benches::{Workload, check_pairs, prepare_pairs, two_volumes};
use geom_intersect::{Intersector, Solid};

const USAGE: &str = "usage: pairs WORKLOAD volume|moments|twos|portable|job PAIRS TIMES";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [workload, operation, count, times] = arguments.as_slice() else {
        return Err(USAGE.into());
    };
    let workload = Workload::named(workload).ok_or("no workload has this name")?;
    let times: usize = times.parse()?;
    let pairs = workload.pairs(count.parse()?);
    let prepared = prepare_pairs(&pairs);
    let sample = pairs.len().min(16);
    check_pairs(workload, &pairs[..sample], &prepared[..sample]);

    let mut intersector = match operation.as_str() {
        "portable" => Intersector::portable(),
        _ => Intersector::default(),
    };
    let mut filled = Solid::default();
    for _ in 0..times {
        match operation.as_str() {
            "volume" => {
                for pair in &prepared {
                    black_box(intersector.volume(&pair.source, &pair.target));
                }
            }
            "moments" => {
                for pair in &prepared {
                    black_box(intersector.moments(&pair.source, &pair.target));
                }
            }
            "twos" | "portable" => {
                for two in prepared.as_chunks().0 {
                    black_box(two_volumes(&mut intersector, two));
                }
            }
            "job" => {
                for (pair, prepared) in pairs.iter().zip(&prepared) {
                    let class = prepared.source.class();
                    pair.source.fill_classified(class, &mut filled);
                    black_box(intersector.volume(&filled, &prepared.target));
                }
            }
            _ => return Err(USAGE.into()),
        }
    }
    Ok(())
}
