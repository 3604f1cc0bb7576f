//! Prints what a transfer of a field costs in plain products of the same matrix and a vector: the
//! shortest of many turns each, taken in turns, one thread, by the time of the processor.
//!
//! ```text
//! transfer [EXERCISE [TURNS]]      # half-shifted 200 by default
//! ```

use std::error::Error;
use std::time::Duration;

use benches::{Exercise, plain_product, smooth_field, thread_pool, time_on_one_thread};
use mesh_core::DataArray;
use remap::{
    Empty, Fixup, Limits, Mask, Nature, P0P0, PartlyCovered, RemapOperator, Transfer, prepare,
};

/// Something to be timed: a name, how many components it carries, and what it does.
type Work<'a> = (String, usize, Box<dyn FnMut() + Send + 'a>);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let exercise = arguments
        .next()
        .unwrap_or_else(|| "half-shifted".to_owned());
    let exercise = Exercise::named(&exercise).ok_or("no exercise has this name")?;
    let turns: usize = arguments.next().map_or(Ok(200), |turns| turns.parse())?;
    let meshes = exercise.meshes();
    let (source, target) = (&meshes.source, &meshes.target);
    let matrix = prepare(source, target, &P0P0)?;
    meshes.check(&matrix);

    let operator = |nature| RemapOperator::new(&matrix, source, target, nature);
    let scalars = smooth_field(source, 1);
    let result = DataArray::scalars(vec![0.0; target.cell_count()]);
    let mut works: Vec<Work<'_>> = Vec::new();
    let mut plain = result.clone();
    let (raw, values) = (matrix.matrix(), scalars.values());
    let product = move || plain_product(raw, values, plain.values_mut());
    works.push(("plain product".to_owned(), 1, Box::new(product)));
    for nature in Nature::ALL {
        let (operator, field, mut result) = (operator(nature)?, scalars.clone(), result.clone());
        works.push((
            format!("apply_into, {}", nature.name()),
            1,
            Box::new(move || {
                operator
                    .apply_into(&field, Some(f64::NAN), &mut result)
                    .expect("fits");
            }),
        ));
    }
    for components in [1, 3, 6] {
        let operator = operator(Nature::IntensiveMaximum)?;
        let field = smooth_field(source, components);
        works.push((
            format!("apply, components: {components}"),
            components,
            Box::new(move || drop(operator.apply(&field, f64::NAN).expect("fits"))),
        ));
    }
    let operator = operator(Nature::IntensiveMaximum)?;
    works.extend(extras(&operator, &scalars, smooth_field(target, 1))?);

    let times = shortest(&mut works, turns);
    println!(
        "| {} entries, one thread | ms | of a plain product, per component |",
        matrix.nonzeros()
    );
    println!("|---|---:|---:|");
    for ((name, components, _), time) in works.iter().zip(&times) {
        let ratio = time.as_secs_f64() / times[0].as_secs_f64() / *components as f64;
        println!("| {name} | {:.3} | {ratio:.2} |", time.as_secs_f64() * 1e3);
    }
    Ok(())
}

/// What else a transfer may be asked for, and the way back.
fn extras(
    plain: &RemapOperator,
    scalars: &DataArray<f64>,
    back: DataArray<f64>,
) -> Result<Vec<Work<'static>>, Box<dyn Error>> {
    let mut works: Vec<Work<'static>> = Vec::new();
    let every_tenth: Vec<bool> = (0..scalars.tuple_count())
        .map(|cell| cell % 10 == 0)
        .collect();
    let missing = scalars.values().iter().zip(&every_tenth);
    let missing = missing.map(|(&value, &masked)| if masked { f64::NAN } else { value });
    let missing = DataArray::scalars(missing.collect());
    let masked = plain
        .clone()
        .with_source_mask(Mask::of_masked(every_tenth)?)?;
    let fixup = |partly, empty| Transfer {
        fixup: Some(Fixup { partly, empty }),
        ..Transfer::default()
    };
    let bounded = Transfer {
        limits: Limits::OfSource,
        ..Transfer::default()
    };
    let cases = [
        (
            "transfer with its report",
            plain.clone(),
            Transfer::default(),
        ),
        ("the same, a tenth masked", masked, Transfer::default()),
        (
            "globally conservative",
            plain.clone(),
            fixup(PartlyCovered::GloballyConservative, Empty::Leave),
        ),
        (
            "the same, extrapolated",
            plain.clone(),
            fixup(PartlyCovered::GloballyConservative, Empty::Extrapolate),
        ),
        ("bounds of the source", plain.clone(), bounded),
    ];
    for (name, operator, transfer) in cases {
        let field = scalars.clone();
        let work = move || drop(operator.transfer(&field, &transfer).expect("fits"));
        works.push((name.to_owned(), 1, Box::new(work)));
    }
    let leaving_out = plain.clone().leaving_out_missing();
    let work = move || drop(leaving_out.apply(&missing, f64::NAN).expect("fits"));
    works.push(("apply, a tenth missing".to_owned(), 1, Box::new(work)));
    let reversed = plain.reversed();
    // Its entries lie elsewhere and come around once in a turn, those of the others in each.
    let transposed = reversed.clone();
    let (values, mut product) = (back.clone(), vec![0.0; scalars.tuple_count()]);
    let work = move || plain_product(transposed.matrix(), values.values(), &mut product);
    works.push((
        "plain product of the transpose".to_owned(),
        1,
        Box::new(work),
    ));
    let work = move || drop(reversed.apply(&back, f64::NAN).expect("fits"));
    works.push(("apply, reversed".to_owned(), 1, Box::new(work)));
    Ok(works)
}

/// The shortest time of each, taken in turns.
fn shortest(works: &mut [Work<'_>], turns: usize) -> Vec<Duration> {
    let pool = thread_pool(1);
    let mut shortest = vec![Duration::MAX; works.len()];
    for _ in 0..turns {
        for ((_, _, work), shortest) in works.iter_mut().zip(&mut shortest) {
            *shortest = time_on_one_thread(&pool, work).processor.min(*shortest);
        }
    }
    shortest
}
