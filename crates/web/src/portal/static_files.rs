//! `/static/…`: the stylesheet, the icon and two small scripts.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::kit::answer;
use crate::pages::asset;

pub async fn get(name: Path<String>) -> HttpResponse {
    answer::asset(asset(&name))
}
