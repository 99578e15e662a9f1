//! `/static/…`: the stylesheet, the icon and two small scripts.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::web::kit::answer;
use crate::web::pages::asset;

pub async fn get(name: Path<String>) -> HttpResponse {
    answer::asset(asset(&name))
}
