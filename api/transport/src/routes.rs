//! `GET` and `POST` of `/graphql`: from an HTTP request to its answer.

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use async_graphql::{Executor, Response as Answer};
use axum::extract::{Request as HttpRequest, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use super::application::Application;
use super::client_ip::client_address;
use super::content_negotiation::{Accepted, Media};
use super::endpoint::{Endpoint, Payer, Refusal, body};
use super::events;
use super::masking;
use super::params::{self, BodyLimit, Input};
use super::problem::Problem;
use super::request_origin::RequestOrigin;
use super::websocket;

pub(super) async fn get<E: Executor, H: Application>(
    State(endpoint): State<Arc<Endpoint<E, H>>>,
    request: HttpRequest,
) -> Response {
    if websocket::is_upgrade(request.headers()) {
        return websocket::upgrade(endpoint, request).await;
    }
    let origin = RequestOrigin::of(&request, &endpoint.settings, false);
    let input = Input::Url(request.uri().clone());
    endpoint.respond(origin, Ok(()), |_| async { Ok(input) }).await
}

pub(super) async fn post<E: Executor, H: Application>(
    State(endpoint): State<Arc<Endpoint<E, H>>>,
    request: HttpRequest,
) -> Response {
    let origin = RequestOrigin::of(&request, &endpoint.settings, true);
    let is_json = params::check_content_type(request.headers());
    let address = client_address(&request, &endpoint.settings.trusted_proxies);
    let held = [endpoint.anonymous_bodies.hold(address), endpoint.bodies.hold(address)];
    let (of_person, anonymous) = (endpoint.settings.body_bytes, endpoint.settings.anonymous_body_bytes);
    // How large a body may be is decided here alone.
    let limit = move |signed_in| match signed_in {
        true => BodyLimit::of_person(of_person),
        false => BodyLimit::anonymous(anonymous),
    };
    let body = move |signed_in| async move {
        let [anonymous, of_person] = held;
        let held = if signed_in { of_person } else { anonymous };
        params::read_body(request.into_body(), limit(signed_in), held).await.map(Input::Body)
    };
    endpoint.respond(origin, is_json, body).await
}

impl Accepted {
    /// There must be something that we can write.
    fn check(self) -> Result<(), Problem> {
        if self.media.is_some() || self.events {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::NOT_ACCEPTABLE,
            "NOT_ACCEPTABLE",
            "accept application/graphql-response+json, application/json, or text/event-stream",
        ))
    }
}

impl<E: Executor, H: Application> Endpoint<E, H> {
    /// Answers one request; `input` reads its parameters, knowing whether a person is signed in.
    async fn respond<F: Future<Output = Result<Input, Problem>>>(
        self: Arc<Self>,
        (mut origin, accepted): (RequestOrigin, Accepted),
        checked: Result<(), Problem>,
        input: impl FnOnce(bool) -> F,
    ) -> Response {
        let (media, id, mut language) = (accepted.media.unwrap_or(Media::Json), origin.id.clone(), origin.language);
        let answer = async {
            accepted.check()?;
            self.charge(origin.address, 1)?;
            checked?;
            if accepted.media.is_none() {
                // Whatever the answer is, it comes as events.
                origin.page.clone()?;
            }
            let payer = self.identify(&mut origin).await;
            language = origin.language;
            let payer = payer?;
            let input = input(payer.caller.is_some()).await?;
            let payer = self.confirm(&origin, payer).await?;
            self.answer_request(origin, payer, &accepted, input).await
        };
        let answer = answer.await;
        answer.unwrap_or_else(|problem| problem.into_response(media, &id, language))
    }

    async fn answer_request(
        self: &Arc<Self>,
        origin: RequestOrigin,
        payer: Payer<H::Caller>,
        accepted: &Accepted,
        input: Input,
    ) -> Result<Response, Problem> {
        let admitted = match self.admit(&origin, payer, input).await {
            Ok(admitted) => admitted,
            Err(Refusal::Problem(problem)) => return Err(problem),
            Err(Refusal::Document(answer)) => {
                return Ok(accepted
                    .media
                    .map_or_else(|| events::single_event(&answer), |media| render(&answer, media)));
            }
        };
        let operation = admitted.operation.clone();
        let mut response = match accepted.media {
            _ if admitted.kind == OperationType::Subscription => events::follow(self, origin, admitted)?,
            Some(media) => render(&self.run(admitted).await?, media),
            None => events::single_event(&self.run(admitted).await?),
        };
        response.extensions_mut().insert(operation);
        Ok(response)
    }
}

/// Writes the answer; its status says in the newer media type whether the request ran.
fn render(answer: &Answer, media: Media) -> Response {
    let status = match media {
        Media::GraphQl if masking::is_refused(answer) => StatusCode::BAD_REQUEST,
        Media::GraphQl | Media::Json => StatusCode::OK,
    };
    (status, [(header::CONTENT_TYPE, media.content_type())], body(answer)).into_response()
}
