//! The schemes that `--scheme` knows: names, and what makes a scheme for two meshes.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use mesh_core::{Field, Location, UnstructuredMesh};
use remap::{
    FieldScheme, Limiter, MatrixScheme, NearestCell, Neighbourhood, P0P0, P0P1, P1P0, P1P1,
    PointLocation, SecondOrder,
};

/// One of the two meshes that a scheme is made for, with its fields.
#[derive(Clone, Copy, Debug)]
pub struct GivenMesh<'a> {
    /// The mesh.
    pub mesh: &'a UnstructuredMesh,
    /// The fields of its file; of a time series those of the first step.
    pub fields: &'a [Field],
}

/// A scheme, or why there is none.
pub type Made = Result<Box<dyn MatrixScheme>, Box<dyn Error + Send + Sync>>;

/// What makes a scheme for two meshes, or says why it cannot.
pub(crate) type MakeScheme = dyn Fn(GivenMesh<'_>, GivenMesh<'_>) -> Made + Send + Sync;

/// What makes a scheme that depends on the field, for the mesh that fields come from.
pub(crate) type MakeLimited =
    dyn Fn(&UnstructuredMesh, Limiter) -> Box<dyn FieldScheme> + Send + Sync;

/// A scheme that can be asked for.
#[derive(Clone)]
pub(crate) struct NamedScheme {
    pub(crate) name: &'static str,
    /// One line for `--help`.
    pub(crate) about: &'static str,
    pub(crate) make: Arc<MakeScheme>,
    /// How `transfer` makes it, where it has limiters: then it is no matrix.
    pub(crate) make_limited: Option<Arc<MakeLimited>>,
}

impl fmt::Debug for NamedScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NamedScheme").field(&self.name).finish()
    }
}

/// The schemes in the order in which help lists them, each name once; the first is the default.
#[derive(Clone, Debug)]
pub(crate) struct Schemes(Vec<NamedScheme>);

impl Schemes {
    /// Those that come with the toolkit: one entry each.
    pub(crate) fn built_in() -> Self {
        let mut schemes = Self(Vec::new());
        schemes.register(
            "p0-p0",
            "Constant in each source cell, means in target cells",
            |_, _| Ok(Box::new(P0P0)),
        );
        let about = "Linear in each source cell, means in target cells; monotone with a limiter";
        schemes.register("second-order", about, |source, _| {
            Ok(Box::new(SecondOrder::new(
                source.mesh,
                Neighbourhood::default(),
            )))
        });
        schemes.limit(|source, limiter| {
            let scheme = SecondOrder::new(source, Neighbourhood::default());
            Box::new(scheme.limited(limiter))
        });
        let about = "Fields on nodes, linear in tetrahedra; means in target cells";
        schemes.register("p1-p0", about, |_, _| Ok(Box::new(P1P0)));
        let about = "Fields on cells; means around target nodes";
        schemes.register("p0-p1", about, |_, _| Ok(Box::new(P0P1)));
        let about = "Fields on nodes, linear in tetrahedra; means around target nodes";
        schemes.register("p1-p1", about, |_, _| Ok(Box::new(P1P1)));
        let (cells, nodes) = (Location::Cells, Location::Nodes);
        let about = "The value of the source cell whose centre is nearest; for labels";
        schemes.register("nearest-cell", about, move |_, _| {
            Ok(Box::new(NearestCell::to(cells)))
        });
        let about = "The value of the source cell that a target cell's centre lies in";
        schemes.register("point-location", about, move |_, _| {
            Ok(Box::new(PointLocation::between(cells, cells)))
        });
        let about = "Fields on nodes; their values at the places of target nodes";
        schemes.register("interpolation", about, move |_, _| {
            Ok(Box::new(PointLocation::between(nodes, nodes)))
        });
        schemes
    }

    /// Adds a scheme, in place of one of the same name.
    pub(crate) fn register(
        &mut self,
        name: &'static str,
        about: &'static str,
        make: impl Fn(GivenMesh<'_>, GivenMesh<'_>) -> Made + Send + Sync + 'static,
    ) {
        let scheme = NamedScheme {
            name,
            about,
            make: Arc::new(make),
            make_limited: None,
        };
        match self.0.iter_mut().find(|known| known.name == name) {
            Some(known) => *known = scheme,
            None => self.0.push(scheme),
        }
    }

    /// Lets the last scheme have limiters.
    fn limit(
        &mut self,
        make: impl Fn(&UnstructuredMesh, Limiter) -> Box<dyn FieldScheme> + Send + Sync + 'static,
    ) {
        if let Some(scheme) = self.0.last_mut() {
            scheme.make_limited = Some(Arc::new(make));
        }
    }

    /// The scheme of a name.
    pub(crate) fn find(&self, name: &str) -> Option<&NamedScheme> {
        self.0.iter().find(|scheme| scheme.name == name)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &NamedScheme> {
        self.0.iter()
    }
}
