//! What carries fields: a matrix, or the moments of overlaps where a scheme depends on the field.

use std::borrow::Cow;

use mesh_core::{Field, UnstructuredMesh};
use remap::{
    ConservationReport, FieldOperator, FieldScheme, MomentMatrix, OperatorError, OverlapMatrix,
    RemapOperator, Transfer,
};

use crate::arguments::TransferOptions;

/// What was prepared for two meshes.
pub(crate) enum Prepared {
    /// A matrix, from source to target.
    Matrix(OverlapMatrix),
    /// The moments of overlaps, from the giving mesh to the receiving one, for a scheme that depends
    /// on the field.
    Moments {
        scheme: Box<dyn FieldScheme>,
        moments: MomentMatrix,
        /// Those of the moments.
        volumes: OverlapMatrix,
    },
}

impl Prepared {
    /// The moments with their volumes, taken out once.
    pub(crate) fn of_moments(scheme: Box<dyn FieldScheme>, moments: MomentMatrix) -> Self {
        Self::Moments {
            scheme,
            volumes: moments.volumes(),
            moments,
        }
    }

    /// The operator from the giving to the receiving mesh.
    pub(crate) fn operator(
        &self,
        source: &UnstructuredMesh,
        target: &UnstructuredMesh,
        options: &TransferOptions,
    ) -> Result<RemapOperator, OperatorError> {
        let TransferOptions {
            nature, reverse, ..
        } = *options;
        match self {
            Self::Matrix(matrix) => {
                let operator = RemapOperator::new(matrix, source, target, nature)?;
                Ok(if reverse {
                    operator.reversed()
                } else {
                    operator
                })
            }
            Self::Moments { volumes, .. } => {
                let (giving, receiving) = if reverse {
                    (target, source)
                } else {
                    (source, target)
                };
                RemapOperator::new(volumes, giving, receiving, nature)
            }
        }
    }

    /// What carries fields, with an operator made by [`operator`](Self::operator).
    pub(crate) fn carrier(&self, operator: RemapOperator) -> Result<Carrier<'_>, OperatorError> {
        Ok(match self {
            Self::Matrix(_) => Carrier::Matrix(operator),
            Self::Moments {
                scheme, moments, ..
            } => Carrier::Moments(FieldOperator::of(moments, operator)?, scheme.as_ref()),
        })
    }

    /// The matrix from source to target; for a scheme that is none that of overlap volumes.
    pub(crate) fn volumes(&self, options: &TransferOptions) -> Cow<'_, OverlapMatrix> {
        match self {
            Self::Matrix(matrix) => Cow::Borrowed(matrix),
            Self::Moments { volumes, .. } if options.reverse => Cow::Owned(volumes.transpose()),
            Self::Moments { volumes, .. } => Cow::Borrowed(volumes),
        }
    }
}

/// What carries fields from the giving to the receiving mesh.
pub(crate) enum Carrier<'a> {
    Matrix(RemapOperator),
    Moments(FieldOperator<'a>, &'a dyn FieldScheme),
}

impl Carrier<'_> {
    /// Masks, coverage, locations.
    pub(crate) fn operator(&self) -> &RemapOperator {
        match self {
            Self::Matrix(operator) => operator,
            Self::Moments(operator, _) => operator.operator(),
        }
    }

    /// A field on the receiving mesh, with what of it is kept.
    pub(crate) fn transfer(
        &self,
        field: &Field,
        transfer: &Transfer<'_>,
    ) -> Result<(Field, ConservationReport), OperatorError> {
        match self {
            Self::Matrix(operator) => operator.transfer_field(field, transfer),
            Self::Moments(operator, scheme) => operator.transfer_field(*scheme, field, transfer),
        }
    }
}
