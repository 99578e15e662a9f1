//! `/desk/leaks/new`: a list is read as it arrives; what follows continues in the background, and the leak's page shows
//! it.

use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::desk::UnderWay;
use crate::desk::upload::Upload;
use crate::desk::visit::{Visit, with_security};
use crate::kit::posted_upload::{NotTaken, PostedFile, PostedUpload, Texts};
use crate::kit::{App, Context, Failure, see_other};
use crate::pages::desk::{NewLeakError, NewLeakPage};
use admin::Problem;
use domain::audit::Actor;
use domain::leak::LeakId;
use kernel::ids::LabId;
use leak::campaign::{self, LeakError, List, ListDescription, Notice};
use leak::folder;
use service::{Core, Fault};

#[derive(Clone, Debug, Default)]
struct Form {
    source: String,
    aware_at: String,
    mapping: String,
    /// A list in the folder of the server.
    file: String,
}

impl Texts for Form {
    fn field(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "source" => &mut self.source,
            "aware_at" => &mut self.aware_at,
            "mapping" => &mut self.mapping,
            "file" => &mut self.file,
            _ => return None,
        })
    }
}

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_security(&app, &request, async |context, visit| {
        form(context, visit, &Form::default(), None).await
    })
    .await
}

pub async fn post(
    app: Data<App>,
    under_way: Data<UnderWay>,
    request: HttpRequest,
    posted: PostedUpload,
) -> HttpResponse {
    with_security(&app, &request, async |context, visit| {
        context.shown_at("/desk/leaks/new");
        let admitted = context.admit_session()?;
        let (fields, list) = match posted.open::<Form>(context, admitted, "list").await {
            Ok(opened) => opened,
            Err(NotTaken::Broken(typed)) => return form(context, visit, &typed, Some(NewLeakError::Broken)).await,
            Err(NotTaken::Stale(typed)) => return form(context, visit, &typed, Some(NewLeakError::Expired)).await,
        };
        match begin(context, visit, &under_way, list, &fields).await? {
            Ok(id) => Ok(see_other(&format!("/desk/leaks/{id}"))),
            Err(error) => form(context, visit, &fields, Some(error)).await,
        }
    })
    .await
}

async fn begin(
    context: &Context<'_>,
    visit: &Visit,
    under_way: &Data<UnderWay>,
    list: PostedFile,
    fields: &Form,
) -> Result<Result<LeakId, NewLeakError>, Failure> {
    let about = match check(context, fields) {
        Ok(about) => about,
        Err(error) => return Ok(Err(error)),
    };
    let started = UploadedList::of(context, visit, under_way, about);
    match (&context.app.core.config.leak.folder, fields.file.as_str()) {
        (Some(known), name) if !name.is_empty() => {
            let path = folder::find(known, name).await.map_err(unreadable)?;
            match path {
                Some(path) => started.read(List::File(path)).await,
                None => Ok(Err(NewLeakError::NoList)),
            }
        }
        _ => upload(context, started, list).await,
    }
}

fn check(context: &Context<'_>, fields: &Form) -> Result<ListDescription, NewLeakError> {
    if fields.source.is_empty() {
        return Err(NewLeakError::NoSource);
    }
    let typed = Some(fields.aware_at.as_str()).filter(|typed| !typed.is_empty());
    let aware_at = typed.map(|typed| context.face.zone.read(typed).ok_or(NewLeakError::TimeUnread));
    Ok(ListDescription {
        source: fields.source.clone(),
        aware_at: aware_at.transpose()?,
        mapping: Some(fields.mapping.clone()).filter(|mapping| !mapping.is_empty()),
    })
}

/// The rest of the upload goes to the reader as it arrives, and is dropped once the reader has refused the list.
async fn upload(
    context: &Context<'_>,
    started: UploadedList,
    mut list: PostedFile,
) -> Result<Result<LeakId, NewLeakError>, Failure> {
    let name = list.name().to_owned();
    let Ok(Some(first)) = list.next().await else {
        return Ok(Err(NewLeakError::NoList));
    };
    let length = context.request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
    let (sender, upload) = Upload::channel();
    let list_read = started.read(List::Stream {
        name,
        length: length.unwrap_or_default(),
        read: Box::new(upload),
    });
    let (read, sent) = tokio::join!(list_read, send(first, list, sender));
    match sent {
        Some(()) => read,
        None => Ok(Err(NewLeakError::Broken)),
    }
}

/// `None`: the browser was cut off, and the reader is not told that this was all.
async fn send(first: Bytes, mut list: PostedFile, sender: mpsc::Sender<Bytes>) -> Option<()> {
    let mut next = Some(first);
    while let Some(piece) = next {
        if !piece.is_empty() {
            let _ = sender.send(piece).await;
        }
        next = list.next().await.ok()?;
    }
    let _ = sender.send(Bytes::new()).await;
    Some(())
}

/// Everything that continues after the browser has its answer.
struct UploadedList {
    core: Core,
    lab: LabId,
    about: ListDescription,
    actor: Actor,
    under_way: Data<UnderWay>,
}

impl UploadedList {
    fn of(context: &Context<'_>, visit: &Visit, under_way: &Data<UnderWay>, about: ListDescription) -> Self {
        Self {
            core: context.app.core.clone(),
            lab: context.lab().clone(),
            about,
            actor: visit.operator.actor(),
            under_way: under_way.clone(),
        }
    }

    /// Until the list is read and the leak has its number; what follows continues without the browser.
    async fn read(self, list: List) -> Result<Result<LeakId, NewLeakError>, Failure> {
        let (numbered, number) = oneshot::channel();
        let work = tokio::spawn(self.draft(list, numbered));
        if let Ok(id) = number.await {
            return Ok(Ok(id));
        }
        match work.await {
            Ok(Ok(id)) => Ok(Ok(id)),
            Ok(Err(LeakError::Mapping(_))) => Ok(Err(NewLeakError::MappingUnread)),
            Ok(Err(LeakError::AwareTooLate)) => Ok(Err(NewLeakError::TimeInFuture)),
            Ok(Err(LeakError::List(error))) => {
                let Problem { what, remedy, .. } = error.problem();
                Ok(Err(NewLeakError::Unreadable { what, remedy }))
            }
            Ok(Err(LeakError::Store(fault))) => Err(fault.into()),
            Ok(Err(_)) | Err(_) => Err(Fault::Broken("a list could not be read to its end").into()),
        }
    }

    async fn draft(self, list: List, numbered: oneshot::Sender<LeakId>) -> Result<LeakId, LeakError> {
        let (mut numbered, mut number) = (Some(numbered), None);
        let mut notify = |notice| {
            if let Notice::Numbered(id) = notice {
                number = Some(id);
                // The browser may be gone: the work continues.
                numbered.take().map(|numbered| numbered.send(id));
            }
            if let Some(id) = number {
                self.under_way.note(id, notice);
            }
        };
        let result = campaign::draft(&self.core, &self.lab, list, self.about, &self.actor, &mut notify).await;
        if let Err(error) = &result {
            tracing::warn!(%error, lab = %self.lab, "a list was not read to its end");
        }
        if let Some(id) = number {
            self.under_way.ended(id);
        }
        result
    }
}

async fn form(
    context: &Context<'_>,
    visit: &Visit,
    fields: &Form,
    error: Option<NewLeakError>,
) -> Result<HttpResponse, Failure> {
    let files = match &context.app.core.config.leak.folder {
        Some(known) => folder::names(known).await.map_err(unreadable)?,
        None => Vec::new(),
    };
    let status = match error {
        None => StatusCode::OK,
        Some(NewLeakError::Expired) => StatusCode::FORBIDDEN,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = NewLeakPage {
        chrome: context.chrome(),
        stay: visit.stay(context),
        source: &fields.source,
        aware_at: &fields.aware_at,
        mapping: &fields.mapping,
        files: &files,
        error,
    };
    context.page(status, &page)
}

fn unreadable(error: std::io::Error) -> Failure {
    tracing::error!(%error, "[leak] folder cannot be read");
    Fault::Broken("[leak] folder cannot be read").into()
}
