#!/usr/bin/env bash
# Counts the instructions per pair of cells with callgrind and prints a table as Markdown.
#
#     benches/instructions.sh [WORKLOAD...] >> benches/runs/YYYY-MM-DD-what.md
#     JOBS="pins tetrahedra:16" benches/instructions.sh [WORKLOAD...]
#
# JOBS are pairs of meshes, by default those of tetrahedra, whose whole job is counted, per entry.
# The programs are run twice, with one and with two rounds over the pairs: what is left of the
# difference is the overlaps alone. Callgrind runs the path that the processor would take.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

PAIRS=${PAIRS:-2048}
workloads=("$@")
if [ ${#workloads[@]} -eq 0 ]; then
    workloads=(boxes axis rotated sheared tetrahedra warped polyhedra)
fi

cargo build --release -p benches --example pairs --example peer
programs=${CARGO_TARGET_DIR:-target}/release/examples
program=$programs/pairs

# Instructions of a run: workload, operation, rounds.
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" "$2" "$PAIRS" "$3" 2>&1 |
        awk '/Collected/ { print $NF }'
}

per_pair() {
    local one two
    one=$(count "$1" "$2" 1)
    two=$(count "$1" "$2" 2)
    echo $(((two - one + PAIRS / 2) / PAIRS))
}

echo "## Instructions per pair, by callgrind, $PAIRS pairs each"
echo
echo "Commit $(git rev-parse --short HEAD), \`benches/instructions.sh${*:+ $*}\`. Both cells prepared; in twos: two pairs with the"
echo "same target together, as a job takes them, also without what only some processors have; in the last column"
echo "the source cell is filled for each pair, one pair at a time."
echo
echo "| workload | volume | with first moments | volumes in twos | portable, in twos | fill source, volume |"
echo "|---|---:|---:|---:|---:|---:|"
for workload in "${workloads[@]}"; do
    echo -n "| $workload |"
    for operation in volume moments twos portable job; do
        echo -n " $(per_pair "$workload" "$operation") |"
    done
    echo
done

# Instructions of a number of jobs on one thread, the first of which is checked; meshes, cells along an edge.
count_jobs() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$programs/peer" time "$1" "$2" "$3" 2>&1 |
        awk '/Collected/ { print $NF }'
}

echo
echo "| job | entries | instructions per entry |"
echo "|---|---:|---:|"
for job in ${JOBS-pins tetrahedra:16}; do
    meshes=${job%%:*}
    cells=${job#"$meshes"}
    cells=${cells#:}
    cells=${cells:-2}
    entries=$("$programs/peer" time "$meshes" "$cells" 1 | sed 's/.*"entries": \([0-9]*\).*/\1/')
    one=$(count_jobs "$meshes" "$cells" 1)
    two=$(count_jobs "$meshes" "$cells" 2)
    echo "| $job | $entries | $(((two - one + entries / 2) / entries)) |"
done
