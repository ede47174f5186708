package io.serai.gateway.coap.resource;

import io.serai.bus.Caller;
import io.serai.bus.Principal;
import io.serai.gateway.AuthResult;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Credentials;
import io.serai.gateway.Effects;
import io.serai.gateway.Then;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.Reply;
import io.serai.model.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who a request comes from: by the token of a connection ({@code clientid} and {@code
 * token}), by {@code username} and {@code password}, by the identity DTLS or TLS has verified, or
 * as anonymous where the listener allows that. Who it was last is remembered, so that a client that
 * says it with each request is checked once. Confined to the peer's event loop.
 */
final class Login {
  private static final String PROTOCOL = "coap";

  /** What a request says of its client; equal ones are checked once. */
  private record Claim(
      @Nullable String clientId,
      @Nullable String username,
      @Nullable String password,
      @Nullable String token) {
    static Claim of(Query query) {
      return new Claim(
          query.text(Query.CLIENT_ID),
          query.text(Query.USERNAME),
          query.text(Query.PASSWORD),
          query.text(Query.TOKEN));
    }

    String client() {
      return clientId == null ? "" : clientId;
    }

    boolean hasToken() {
      return clientId != null && token != null;
    }

    @Override
    public String toString() {
      return "Claim[" + clientId + ", " + username + "]"; // never the password or the token
    }
  }

  private final ConnectionInfo info;
  private final NodeResources node;
  private @Nullable Claim lastClaim;
  private @Nullable Client last;

  Login(PeerScope scope) {
    this.info = scope.info();
    this.node = scope.node();
  }

  /** Hands the client to {@code then}, or answers why there is none. */
  void identify(Query query, Reply reply, Effects<CoapFrame> out, Then<Client, CoapFrame> then) {
    Claim claim = Claim.of(query);
    if (claim.hasToken()) {
      then.accept(byToken(claim, out), out);
      return;
    }
    Client known = last;
    if (known != null && claim.equals(lastClaim)) {
      then.accept(known, out);
      return;
    }
    check(
        query,
        reply,
        out,
        (principal, later) ->
            then.accept(enter(claim, principal, vhost(claim.username()), later), later));
  }

  /** Checks what a query offers to log in with and nothing else: nobody enters yet. */
  void check(Query query, Reply reply, Effects<CoapFrame> out, Then<Principal, CoapFrame> then) {
    out.authenticate(
        credentials(Claim.of(query)),
        (result, later) ->
            PeerScope.attempt(
                reply,
                later,
                () -> {
                  switch (result) {
                    case AuthResult.Granted granted -> then.accept(granted.principal(), later);
                    case AuthResult.Challenge _ -> throw unauthorized();
                    case AuthResult.Denied(var kind, _) -> throw denied(kind);
                  }
                }));
  }

  /** The vhost that a user name asks for: {@code vhost:user}, as in RabbitMQ's MQTT. */
  String vhost(@Nullable String username) {
    int colon = username == null ? -1 : username.lastIndexOf(':');
    return username == null || colon < 0 ? info.vhost() : username.substring(0, colon);
  }

  private Credentials credentials(Claim claim) {
    String username = claim.username();
    String subject = info.certificateSubject();
    if (username != null) {
      String user = username.substring(username.lastIndexOf(':') + 1);
      String offered = claim.password();
      String password = offered == null ? "" : offered;
      return info.anonymousAllowed()
          ? new Credentials.PlainOrAnonymous(user, password)
          : new Credentials.Plain(user, password);
    }
    if (subject != null) {
      return new Credentials.Certificate(subject);
    }
    if (info.anonymousAllowed()) {
      return new Credentials.Anonymous();
    }
    throw new RequestException(
        CoapCode.UNAUTHORIZED,
        "this listener asks who you are: ?username=&password=, ?clientid=&token= or a DTLS"
            + " identity");
  }

  private Client byToken(Claim claim, Effects<CoapFrame> out) {
    String token = claim.token();
    ConnectionTokens.Connection connection =
        token == null ? null : node.tokens().use(claim.client(), token, out.nowMillis());
    if (connection == null) {
      throw new RequestException(
          CoapCode.UNAUTHORIZED, "no open connection has this clientid and token");
    }
    Client known = last;
    return known != null && claim.equals(lastClaim)
        ? known
        : enter(claim, connection.principal(), connection.vhost(), out);
  }

  private Client enter(Claim claim, Principal principal, String vhost, Effects<CoapFrame> out) {
    Origin origin = new Origin(PROTOCOL, vhost, principal.user(), claim.client());
    Caller caller = out.enter(principal, origin);
    if (caller == null) {
      throw new RequestException(
          CoapCode.FORBIDDEN,
          out.hasVhost(vhost)
              ? "access to vhost '%s' refused for user '%s'".formatted(vhost, principal.user())
              : "vhost '%s' not found".formatted(vhost));
    }
    Client client = new Client(caller, origin);
    last = client;
    lastClaim = claim;
    return client;
  }

  private static RequestException unauthorized() {
    return new RequestException(CoapCode.UNAUTHORIZED, "wrong user name or password");
  }

  private static RequestException denied(AuthResult.Kind kind) {
    return switch (kind) {
      case BAD_CREDENTIALS, NOT_AUTHORIZED, UNKNOWN_MECHANISM -> unauthorized();
      case BANNED -> new RequestException(CoapCode.FORBIDDEN, "kept out for a while");
      case UNAVAILABLE, BUSY, QUOTA_EXCEEDED, CONNECTION_RATE_EXCEEDED ->
          new RequestException(CoapCode.SERVICE_UNAVAILABLE, "no room at the moment: try later");
    };
  }
}
