//! The catalogue: which pages a record has and what each one measures.

use UsualValue::{Between, Usually};

/// One result page of a record.
#[derive(Debug)]
pub struct Panel {
    /// The last segment of the page's path.
    pub slug: &'static str,
    pub title: &'static str,
    pub sample: &'static str,
    pub analytes: &'static [Analyte],
}

#[derive(Debug)]
pub struct Analyte {
    pub name: &'static str,
    pub unit: &'static str,
    pub expected: UsualValue,
}

#[derive(Debug)]
pub enum UsualValue {
    /// Lowest and highest usual value, and the decimals to show.
    Between(f64, f64, usize),
    /// The usual finding and the other one.
    Usually(&'static str, &'static str),
}

const fn a(name: &'static str, unit: &'static str, expected: UsualValue) -> Analyte {
    Analyte { name, unit, expected }
}

pub fn panel(slug: &str) -> Option<&'static Panel> {
    PANELS.iter().find(|panel| panel.slug == slug)
}

const BLOOD: &str = "Sang veineux, tube EDTA";
const SERUM: &str = "Sérum, à jeun";

pub const PANELS: &[Panel] = &[
    Panel {
        slug: "hematologie",
        title: "Hémogramme (NFS)",
        sample: BLOOD,
        analytes: &[
            a("Hématies", "T/L", Between(4.0, 5.4, 2)),
            a("Hémoglobine", "g/dL", Between(12.0, 16.5, 1)),
            a("Hématocrite", "%", Between(36.0, 49.0, 1)),
            a("V.G.M.", "fL", Between(80.0, 98.0, 1)),
            a("T.C.M.H.", "pg", Between(27.0, 33.0, 1)),
            a("C.C.M.H.", "g/dL", Between(31.0, 36.0, 1)),
            a("Leucocytes", "G/L", Between(4.0, 10.0, 2)),
            a("Polynucléaires neutrophiles", "G/L", Between(1.8, 7.5, 2)),
            a("Lymphocytes", "G/L", Between(1.0, 4.0, 2)),
            a("Monocytes", "G/L", Between(0.2, 1.0, 2)),
            a("Plaquettes", "G/L", Between(150.0, 400.0, 0)),
        ],
    },
    Panel {
        slug: "lipides",
        title: "Bilan lipidique",
        sample: SERUM,
        analytes: &[
            a("Cholestérol total", "g/L", Between(1.4, 2.0, 2)),
            a("Cholestérol HDL", "g/L", Between(0.4, 0.8, 2)),
            a("Cholestérol LDL (calculé)", "g/L", Between(0.7, 1.6, 2)),
            a("Triglycérides", "g/L", Between(0.4, 1.5, 2)),
        ],
    },
    Panel {
        slug: "glycemie",
        title: "Glycémie et hémoglobine glyquée",
        sample: SERUM,
        analytes: &[
            a("Glycémie à jeun", "g/L", Between(0.7, 1.05, 2)),
            a("HbA1c (HPLC)", "%", Between(4.0, 6.0, 1)),
            a("HbA1c (IFCC)", "mmol/mol", Between(20.0, 42.0, 0)),
        ],
    },
    Panel {
        slug: "thyroide",
        title: "Bilan thyroïdien",
        sample: SERUM,
        analytes: &[
            a("TSH ultra-sensible", "mUI/L", Between(0.4, 4.0, 2)),
            a("T4 libre", "pmol/L", Between(12.0, 22.0, 1)),
            a("T3 libre", "pmol/L", Between(3.1, 6.8, 1)),
        ],
    },
    Panel {
        slug: "rein",
        title: "Fonction rénale et ionogramme",
        sample: SERUM,
        analytes: &[
            a("Créatinine (enzymatique)", "µmol/L", Between(45.0, 104.0, 0)),
            a("D.F.G. estimé (CKD-EPI)", "mL/min/1,73 m²", Between(90.0, 130.0, 0)),
            a("Urée", "mmol/L", Between(2.8, 7.2, 1)),
            a("Acide urique", "µmol/L", Between(150.0, 420.0, 0)),
            a("Sodium", "mmol/L", Between(136.0, 145.0, 0)),
            a("Potassium", "mmol/L", Between(3.5, 5.1, 1)),
            a("Chlore", "mmol/L", Between(98.0, 107.0, 0)),
        ],
    },
    Panel {
        slug: "foie",
        title: "Bilan hépatique",
        sample: SERUM,
        analytes: &[
            a("ASAT (TGO)", "U/L", Between(5.0, 35.0, 0)),
            a("ALAT (TGP)", "U/L", Between(5.0, 45.0, 0)),
            a("Gamma-GT", "U/L", Between(6.0, 55.0, 0)),
            a("Phosphatases alcalines", "U/L", Between(30.0, 120.0, 0)),
            a("Bilirubine totale", "µmol/L", Between(3.0, 21.0, 1)),
            a("Albumine", "g/L", Between(35.0, 52.0, 1)),
        ],
    },
    Panel {
        slug: "coagulation",
        title: "Hémostase",
        sample: "Plasma citraté",
        analytes: &[
            a("Taux de prothrombine", "%", Between(70.0, 120.0, 0)),
            a("I.N.R.", "", Between(0.9, 1.2, 2)),
            a("T.C.A. (rapport malade/témoin)", "", Between(0.8, 1.2, 2)),
            a("Fibrinogène", "g/L", Between(2.0, 4.0, 2)),
            a("D-dimères", "ng/mL", Between(100.0, 500.0, 0)),
        ],
    },
    Panel {
        slug: "urines",
        title: "Examen cytobactériologique des urines",
        sample: "Urines, second jet",
        analytes: &[
            a("Leucocytes", "/mL", Between(500.0, 10_000.0, 0)),
            a("Hématies", "/mL", Between(200.0, 10_000.0, 0)),
            a("Protéines", "", Usually("Absence", "Traces")),
            a("Glucose", "", Usually("Absence", "Présence")),
            a("Nitrites", "", Usually("Absence", "Présence")),
            a("Culture", "", Usually("Stérile", "Flore polymicrobienne")),
        ],
    },
    Panel {
        slug: "serologies",
        title: "Sérologies",
        sample: "Sérum",
        analytes: &[
            a("Antigène HBs", "", Usually("Négatif", "Positif")),
            a("Anticorps anti-HBs", "UI/L", Between(10.0, 800.0, 0)),
            a("Anticorps anti-VHC", "", Usually("Négatif", "Positif")),
            a("VIH 1 et 2 (test combiné)", "", Usually("Négatif", "À contrôler")),
            a(
                "Toxoplasmose IgG",
                "",
                Usually("Immunité ancienne", "Absence d'immunité"),
            ),
            a("Rubéole IgG", "UI/mL", Between(10.0, 250.0, 0)),
        ],
    },
    Panel {
        slug: "vitamine-d",
        title: "Vitamines et fer",
        sample: SERUM,
        analytes: &[
            a("25-OH vitamine D (D2 + D3)", "ng/mL", Between(30.0, 60.0, 1)),
            a("Vitamine B12", "pmol/L", Between(145.0, 570.0, 0)),
            a("Folates", "nmol/L", Between(8.8, 42.0, 1)),
            a("Ferritine", "µg/L", Between(20.0, 250.0, 0)),
        ],
    },
    Panel {
        slug: "inflammation",
        title: "Marqueurs de l'inflammation",
        sample: SERUM,
        analytes: &[
            a("Protéine C réactive (CRP)", "mg/L", Between(0.2, 5.0, 1)),
            a("Vitesse de sédimentation, 1re heure", "mm", Between(2.0, 20.0, 0)),
            a("Orosomucoïde", "g/L", Between(0.5, 1.2, 2)),
        ],
    },
];
