//! Takes the overlap of every pair of a workload a number of times, and nothing else: for counting
//! instructions. The difference of two runs with different numbers of times is that of the overlaps
//! alone. Used by `benches/instructions.sh`.
//!
//! ```text
//! pairs WORKLOAD volume|moments|job PAIRS TIMES
//! ```
//!
//! `volume` and `moments` have both cells prepared. `job` fills the source cell for each pair and
//! takes the volume, as a job does.

use std::error::Error;
use std::hint::black_box;

use benches::{Workload, check_pairs, prepare_pairs};
use geom_intersect::{Intersector, Solid};

const USAGE: &str = "usage: pairs WORKLOAD volume|moments|job PAIRS TIMES";

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

    let mut intersector = Intersector::default();
    let mut source = Solid::default();
    for _ in 0..times {
        for (pair, prepared) in pairs.iter().zip(&prepared) {
            match operation.as_str() {
                "volume" => {
                    black_box(intersector.volume(&prepared.source, &prepared.target));
                }
                "moments" => {
                    black_box(intersector.moments(&prepared.source, &prepared.target));
                }
                "job" => {
                    let class = prepared.source.class();
                    pair.source.fill_classified(class, &mut source);
                    black_box(intersector.volume(&source, &prepared.target));
                }
                _ => return Err(USAGE.into()),
            }
        }
    }
    Ok(())
}
