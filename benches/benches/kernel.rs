//! The kernel: time per pair of cells, and per cell that is prepared.

use std::hint::black_box;
use std::time::Duration;

use benches::{
    PAIRS, Pair, PreparedPair, Workload, check_pairs, criterion, prepare_pairs, time_pairs,
    time_twos,
};
use criterion::{Criterion, Throughput};
use geom_intersect::{Intersector, Solid};

fn main() {
    let mut criterion = criterion();
    for workload in Workload::ALL {
        let pairs = workload.pairs(PAIRS);
        let prepared = prepare_pairs(&pairs);
        check_pairs(workload, &pairs, &prepared);
        overlaps(&mut criterion, workload, &pairs, &prepared);
        preparation(&mut criterion, workload, &pairs);
    }
    criterion.final_summary();
}

/// Both cells prepared, volume only and with first moments; two pairs with the same target together;
/// the same without what only some processors have; and with the source cell filled for each pair, as
/// a job does.
fn overlaps(
    criterion: &mut Criterion,
    workload: Workload,
    pairs: &[Pair],
    prepared: &[PreparedPair],
) {
    let mut group = criterion.benchmark_group(format!("kernel/{}", workload.name()));
    group.throughput(Throughput::Elements(pairs.len() as u64));
    let mut intersector = Intersector::default();

    let mut bench = |name: &str, all: &mut dyn FnMut() -> Vec<Duration>| {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|repeats| (0..repeats).flat_map(|_| all()).sum());
        });
    };
    bench("volume", &mut || {
        time_pairs(prepared, |_, pair| {
            black_box(intersector.volume(&pair.source, &pair.target));
        })
    });
    bench("moments", &mut || {
        time_pairs(prepared, |_, pair| {
            black_box(intersector.moments(&pair.source, &pair.target));
        })
    });
    let mut portable = Intersector::portable();
    for (name, intersector) in [
        ("two volumes", &mut intersector),
        ("two volumes, portable", &mut portable),
    ] {
        bench(name, &mut || time_twos(prepared, intersector));
    }
    let mut source = Solid::default();
    bench("fill source, volume", &mut || {
        time_pairs(prepared, |index, pair| {
            let class = pair.source.class();
            pairs[index].source.fill_classified(class, &mut source);
            black_box(intersector.volume(&source, &pair.target));
        })
    });
    group.finish();
}

/// A target cell found out from scratch: planes, orientation, class.
fn preparation(criterion: &mut Criterion, workload: Workload, pairs: &[Pair]) {
    let cell = |pair: &Pair| match workload {
        Workload::Polyhedra => pair.source.clone(),
        _ => pair.target.clone(),
    };
    let cells: Vec<_> = pairs.iter().map(cell).collect();
    let mut group = criterion.benchmark_group(format!("preparation/{}", workload.name()));
    group.throughput(Throughput::Elements(cells.len() as u64));
    let mut solid = Solid::default();
    let setter = match workload {
        Workload::Polyhedra => "set_polyhedron",
        _ => "set_standard",
    };
    group.bench_function(setter, |bencher| {
        bencher.iter(|| {
            for cell in &cells {
                cell.fill(&mut solid);
                black_box(solid.volume());
            }
        });
    });
    group.finish();
}
