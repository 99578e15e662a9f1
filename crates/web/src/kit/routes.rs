//! How a page is registered.

/// Answers GET and HEAD and, where a form leads to it, POST.
macro_rules! page {
    ($path:expr => $get:path $(, $post:path)?) => {
        actix_web::web::resource($path)
            .route(actix_web::web::get().to($get))
            .route(actix_web::web::head().to($get))
            $(.route(actix_web::web::post().to($post)))?
            .default_service(actix_web::web::route().to($crate::kit::strays::method_not_allowed))
    };
}
pub(crate) use page;

/// What programs call: answers POST alone.
macro_rules! call {
    ($path:expr => $post:path) => {
        actix_web::web::resource($path)
            .route(actix_web::web::post().to($post))
            .default_service(actix_web::web::route().to($crate::kit::strays::method_not_allowed))
    };
}
pub(crate) use call;
