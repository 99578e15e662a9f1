//! The pages' HTML, as a vendor wrote it in 2009.

use askama::Template;

use super::analyses::{PANELS, Panel};
use super::assertion::Reader;
use super::record::{Patient, Record};
use super::session::Visit;
use super::values::{self, Line};

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" lang="fr" xml:lang="fr">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<title>{{ title }} - LaboWeb Résultats</title>
<link rel="stylesheet" type="text/css" href="/static/lis.css" />
</head>
<body>
<div id="cadre">
<div id="bandeau"><div id="logo">Labo<b>Web</b></div><div id="slogan">Serveur de résultats d'analyses médicales</div></div>
<ul id="onglets">
<li><a href="/">Accueil</a></li><li><a href="/recherche">Recherche</a></li><li><a href="/aide.html">Aide</a></li><li><a href="/entetes">Informations techniques</a></li>
</ul>
<div id="contenu">
<h1>{{ title }}</h1>
{{ body|safe }}
</div>
<div id="pied">LaboWeb 3.2 &copy; 2009 Biologiciel &middot; Optimisé pour 1024 x 768 &middot; Session <tt id="session">{{ visit.id }}</tt>, page n&deg; <span id="pages">{{ visit.pages }}</span></div>
</div>
</body>
</html>
"#
)]
pub struct Layout<'a> {
    pub title: &'a str,
    /// HTML that one of the functions below made.
    pub body: &'a str,
    pub visit: &'a Visit,
}

impl Layout<'_> {
    pub fn page(&self) -> askama::Result<String> {
        self.render()
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% if refused %}<p class="alerte" id="assertion">L'assertion d'identité reçue n'est pas valide : elle est ignorée.</p>
{% else if unknown %}<p class="alerte" id="assertion">Aucune identité transmise. Saisissez un numéro de dossier.</p>
{% else %}<p id="assertion" class="info">Identité transmise par la passerelle ({% if verified %}signature vérifiée{% else %}signature non vérifiée{% endif %}).</p>
<table class="liste" id="dossiers"><tr><th>Dossier</th><th>Patient</th><th>Résultats</th><th>Compte rendu</th></tr>
{% for (record, name) in records %}<tr><td>{{ record }}</td><td>{{ name }}</td><td><a href="/dossiers/{{ record }}">Consulter</a></td><td><a href="/dossiers/{{ record }}/compte-rendu.pdf">PDF (3 Mo)</a></td></tr>
{% endfor %}</table>{% endif %}
{% if records.is_empty() %}<form action="/recherche" method="post" class="recherche"><label for="dossier">N&deg; de dossier :</label> <input type="text" name="dossier" id="dossier" size="20" /> <input type="submit" value="OK" /></form>{% endif %}
"#
)]
struct Home<'a> {
    refused: bool,
    unknown: bool,
    verified: bool,
    records: Vec<(&'a str, String)>,
}

pub fn home<'a>(reader: &'a Reader, patient: impl Fn(&str) -> Option<&'a Patient>) -> askama::Result<String> {
    let (named, verified) = match reader {
        Reader::Named { records, verified } => (records.as_slice(), *verified),
        Reader::Unknown | Reader::Refused => (&[][..], false),
    };
    let records = named
        .iter()
        .map(|record| (record.as_str(), full_name(patient(record))))
        .collect();
    Home {
        refused: *reader == Reader::Refused,
        unknown: *reader == Reader::Unknown,
        verified,
        records,
    }
    .render()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% if !wrong.is_empty() %}<p class="alerte">Aucun dossier ne porte le numéro &laquo; {{ wrong }} &raquo;.</p>{% endif %}
<form action="/recherche" method="post" class="recherche">
<label for="dossier">N&deg; de dossier :</label> <input type="text" name="dossier" id="dossier" size="20" value="{{ wrong }}" />
<input type="submit" value="Rechercher" /></form>
"#
)]
struct Search<'a> {
    wrong: &'a str,
}

pub fn search(wrong: &str) -> askama::Result<String> {
    Search { wrong }.render()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<table class="patient" id="patient"><tr><td><b>Dossier :</b> {{ record }}</td><td><b>Patient :</b> {{ name }}</td><td><b>Né(e) le :</b> {{ born }}</td></tr>
<tr><td><b>N&deg; interne :</b> {{ file }}</td><td><b>Prélevé le :</b> {{ sampled }}</td><td><a href="/dossiers/{{ record }}/sommaire">Sommaire</a> | <a href="/imprimer.php?dossier={{ record }}">Imprimer</a> | <a href="/dossiers/{{ record }}/compte-rendu.pdf">PDF</a></td></tr></table>
"#
)]
struct Head<'a> {
    record: &'a Record,
    name: String,
    born: &'a str,
    file: String,
    sampled: String,
}

fn head(record: &Record, patient: Option<&Patient>) -> askama::Result<String> {
    let born = patient.map_or("-", |patient| patient.birth_date.as_str());
    let sampled = values::day(values::sampled_on(record));
    Head {
        record,
        name: full_name(patient),
        born,
        file: values::file_number(record),
        sampled,
    }
    .render()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{{ head|safe }}<table class="liste"><tr><th>Chapitre</th><th>Nature du prélèvement</th><th>Analyses</th></tr>
{% for panel in PANELS %}<tr><td><a href="/dossiers/{{ record }}/{{ panel.slug }}">{{ panel.title }}</a></td><td>{{ panel.sample }}</td><td class="n">{{ panel.analytes.len() }}</td></tr>
{% endfor %}</table>
<form action="/dossiers/{{ record }}/ordonnance" method="post" enctype="multipart/form-data" class="recherche"><label for="ordonnance">Joindre une ordonnance :</label> <input type="file" name="ordonnance" id="ordonnance" /> <input type="submit" value="Envoyer" /></form>
"#
)]
struct Summary<'a> {
    record: &'a Record,
    head: String,
}

pub fn summary(record: &Record, patient: Option<&Patient>) -> askama::Result<String> {
    Summary {
        record,
        head: head(record, patient)?,
    }
    .render()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{{ head|safe }}{% for (panel, lines) in panels %}{% if print %}<h2>{{ panel.title }}</h2>{% endif %}
<p class="nature">{{ panel.sample }}</p>
<table class="resultats"><tr><th>Analyse</th><th colspan="2">Résultat</th><th>Unité</th><th>Valeurs usuelles</th><th>Antériorité</th></tr>
{% for line in lines %}<tr{% if !line.mark.is_empty() %} class="hors"{% endif %}><td>{{ line.name }}</td><td class="n">{{ line.value }}</td><td>{{ line.mark }}</td><td>{{ line.unit }}</td><td>{{ line.usual }}</td><td class="n">{{ line.previous }}</td></tr>
{% endfor %}</table>
{% endfor %}<p class="nature">Validé biologiquement par : Dr M. Lacassagne, biologiste responsable</p>
"#
)]
struct Results<'a> {
    head: String,
    panels: Vec<(&'a Panel, Vec<Line>)>,
    print: bool,
}

pub fn panels(record: &Record, patient: Option<&Patient>, list: &[&Panel], print: bool) -> askama::Result<String> {
    let panels = list
        .iter()
        .map(|panel| (*panel, values::lines(record, panel)))
        .collect();
    Results {
        head: head(record, patient)?,
        panels,
        print,
    }
    .render()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<p>En-têtes de la requête telle que le serveur de résultats l'a reçue.</p>
<table class="liste" id="entetes"><tr><th>En-tête</th><th>Valeur</th></tr>
{% for (name, value) in headers %}<tr><td>{{ name }}</td><td class="valeur">{{ value }}</td></tr>
{% endfor %}</table>
"#
)]
struct Headers<'a> {
    headers: &'a [(String, String)],
}

pub fn headers(headers: &[(String, String)]) -> askama::Result<String> {
    Headers { headers }.render()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<p>Ce serveur vous permet de consulter vos résultats d'analyses dès leur validation par le biologiste.</p>
<h2>Lire un résultat</h2>
<p>Une ligne en gras signale une valeur en dehors des valeurs usuelles (<b>+</b> au-dessus, <b>-</b> au-dessous). Seul votre médecin peut interpréter vos résultats.</p>
<h2>Nous joindre</h2>
<p>Secrétariat du laboratoire, du lundi au vendredi de 7 h 30 à 18 h 30, le samedi de 7 h 30 à 12 h 30.</p>
"#
)]
struct Help;

pub fn help() -> askama::Result<String> {
    Help.render()
}

fn full_name(patient: Option<&Patient>) -> String {
    patient.map_or_else(
        || "-".to_owned(),
        |patient| format!("{} {}", patient.family_name, patient.given_name),
    )
}
