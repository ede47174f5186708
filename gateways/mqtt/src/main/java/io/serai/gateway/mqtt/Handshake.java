package io.serai.gateway.mqtt;

import io.serai.bus.Caller;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.gateway.AuthResult;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Credentials;
import io.serai.gateway.Effects;
import io.serai.gateway.mqtt.MqttFrame.Auth;
import io.serai.gateway.mqtt.MqttFrame.ConnAck;
import io.serai.gateway.mqtt.MqttFrame.Connect;
import io.serai.gateway.mqtt.MqttFrame.Will;
import io.serai.model.Origin;
import io.serai.model.Spelling;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * CONNECT up to the claimed client id: credentials, vhost, client id, session. What comes out is
 * handed to {@link Outcome}; a refusal is answered here.
 */
final class Handshake {
  /** Session expiry interval of a session that never ends by itself. */
  static final long NEVER_SECONDS = 0xFFFF_FFFFL;

  /** Who goes on when the client is in. */
  interface Outcome {
    /** The client id is this connection's. */
    void claimed(Accepted accepted, Request.SessionClaim claim, Effects<MqttFrame> out);
  }

  /**
   * A CONNECT that went through.
   *
   * @param assignedClientId the id given to a client without one, else null
   * @param sessionExpirySeconds how long the session outlives the connection
   * @param keepAliveSeconds the keep alive in effect, 0 for none
   * @param auth the enhanced authentication it went through, if it did
   * @param lastWord what that ended with
   */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  record Accepted(
      Connect connect,
      Peer peer,
      @Nullable String assignedClientId,
      long sessionExpirySeconds,
      int keepAliveSeconds,
      @Nullable EnhancedAuth auth,
      byte[] lastWord) {}

  private final ConnectionInfo info;
  private final MqttOptions options;
  private final MqttCodec codec;
  private final Supplier<String> clientIds;
  private final Outcome outcome;

  /** Set by a CONNECT that names an authentication method. */
  private @Nullable EnhancedAuth enhanced;

  /**
   * @param clientIds gives an unused id to a client without one
   */
  Handshake(
      ConnectionInfo info,
      MqttOptions options,
      MqttCodec codec,
      Supplier<String> clientIds,
      Outcome outcome) {
    this.info = info;
    this.options = options;
    this.codec = codec;
    this.clientIds = clientIds;
    this.outcome = outcome;
  }

  void onConnect(Connect connect, Effects<MqttFrame> out) {
    boolean isWithoutId = connect.clientId().isEmpty() && !options.usesUsernameAsClientId();
    boolean mayBeAssigned =
        switch (connect.version()) {
          case V3_1 -> false;
          case V3_1_1 -> connect.cleanStart();
          case V5 -> true;
        };
    if (isWithoutId && !mayBeAssigned) {
      refuse(MqttReason.CLIENT_IDENTIFIER_NOT_VALID, out);
      return;
    }
    Will will = connect.will();
    if (will != null && TopicRules.isReserved(will.address().topic().spelled(Spelling.SLASH))) {
      refuse(
          connect.version() == MqttVersion.V5
              ? MqttReason.TOPIC_NAME_INVALID
              : MqttReason.NOT_AUTHORIZED,
          out);
      return;
    }
    if (will != null
        && options.validatesPayloadFormat()
        && !PayloadFormat.isAsSaid(will.encoding(), will.body())) {
      refuse(MqttReason.PAYLOAD_FORMAT_INVALID, out);
      return;
    }
    Login login = Login.of(connect, info);
    String method = connect.properties().text(PropertyId.AUTHENTICATION_METHOD);
    if (method != null) {
      EnhancedAuth begun =
          new EnhancedAuth(method, (result, later) -> onExchanged(connect, login, result, later));
      enhanced = begun;
      begun.onConnect(connect.properties(), out);
      return;
    }
    Credentials credentials = login.credentials();
    if (credentials == null) {
      refuse(MqttReason.NOT_AUTHORIZED, out);
      return;
    }
    out.authenticate(
        credentials,
        (result, later) -> {
          switch (result) {
            case AuthResult.Granted granted -> enter(connect, login, granted, later);
            case AuthResult.Denied(var kind, _) -> refuse(MqttReason.ofRefusal(kind), later);
            case AuthResult.Challenge _ -> refuse(MqttReason.UNSPECIFIED_ERROR, later);
          }
        });
  }

  /** Whether the client owes an answer to AUTH. */
  boolean isChallenging() {
    return enhanced != null && enhanced.isOpen();
  }

  /** The client answers AUTH. */
  void onAuth(Auth auth, Effects<MqttFrame> out) {
    EnhancedAuth begun = enhanced;
    if (begun == null) {
      throw PacketReader.protocolError("AUTH without a method in CONNECT", "§4.12");
    }
    begun.onAnswer(auth, out);
  }

  /**
   * Enhanced authentication has come to an end. It says who the client is; a user name in CONNECT
   * may still name the vhost, and must not be another user's.
   */
  private void onExchanged(
      Connect connect, Login login, AuthResult result, Effects<MqttFrame> out) {
    switch (result) {
      case AuthResult.Granted granted -> {
        String user = login.user();
        if (!user.isEmpty() && !user.equals(granted.principal().user())) {
          refuse(MqttReason.BAD_USER_NAME_OR_PASSWORD, out);
        } else {
          enter(connect, login, granted, out);
        }
      }
      case AuthResult.Denied(var kind, _) -> refuse(MqttReason.ofRefusal(kind), out);
      case AuthResult.Challenge _ -> refuse(MqttReason.UNSPECIFIED_ERROR, out);
    }
  }

  /**
   * What CONNECT offers to log in with.
   *
   * @param credentials null when there are none and the listener wants some
   */
  private record Login(String vhost, @Nullable Credentials credentials) {
    /** The user name in CONNECT without the vhost, empty for none. */
    String user() {
      return switch (credentials) {
        case Credentials.Plain(String user, _) -> user;
        case Credentials.PlainOrAnonymous(String user, _) -> user;
        case null, default -> "";
      };
    }

    static Login of(Connect connect, ConnectionInfo info) {
      String userName = connect.userName();
      if (userName == null) {
        String subject = info.certificateSubject();
        return new Login(
            info.vhost(),
            subject != null
                ? new Credentials.Certificate(subject)
                : info.anonymousAllowed() ? new Credentials.Anonymous() : null);
      }
      byte[] password = connect.password();
      String text = password == null ? "" : new String(password, StandardCharsets.UTF_8);
      int colon = userName.lastIndexOf(':');
      String vhost = colon < 0 ? info.vhost() : userName.substring(0, colon);
      String user = userName.substring(colon + 1);
      return new Login(
          vhost,
          info.anonymousAllowed()
              ? new Credentials.PlainOrAnonymous(user, text)
              : new Credentials.Plain(user, text));
    }
  }

  private void enter(
      Connect connect, Login login, AuthResult.Granted granted, Effects<MqttFrame> out) {
    String user = granted.principal().user();
    String named = options.usesUsernameAsClientId() ? user : connect.clientId();
    String clientId = named.isEmpty() ? clientIds.get() : named;
    String assigned = connect.clientId().isEmpty() ? clientId : null;
    Origin origin = new Origin(connect.version().protocol(), login.vhost(), user, clientId);
    if (assigned == null && out.isBanned(origin)) {
      refuse(MqttReason.BANNED, out);
      return;
    }
    Caller caller = out.enter(granted.principal(), origin);
    if (caller == null) {
      refuse(MqttReason.NOT_AUTHORIZED, out);
      return;
    }
    Peer peer = new Peer(codec, connect, caller, origin);
    Will will = connect.will();
    if (will != null && !peer.mayPublish(will.encoding().qos(), will.encoding().isRetain())) {
      refuse(MqttReason.NOT_AUTHORIZED, out);
      return;
    }
    Accepted accepted =
        new Accepted(
            connect,
            peer,
            assigned,
            sessionExpirySeconds(connect),
            keepAliveSeconds(connect),
            enhanced,
            granted.lastWord());
    claim(accepted, connect.cleanStart(), out);
  }

  /** Asks for the client id; {@link Outcome} goes on. */
  void claim(Accepted accepted, boolean clean, Effects<MqttFrame> out) {
    Peer peer = accepted.peer;
    out.ask(
        new Request.ClaimSession(peer.caller(), peer.clientId(), clean),
        (result, later) -> {
          switch (result) {
            case Result.Ok<Request.SessionClaim>(Request.SessionClaim claim) ->
                outcome.claimed(accepted, claim, later);
            case Result.Refused<Request.SessionClaim> _ ->
                refuse(MqttReason.SERVER_UNAVAILABLE, later);
          }
        });
  }

  private long sessionExpirySeconds(Connect connect) {
    long asked =
        connect.version() == MqttVersion.V5
            ? connect.properties().number(PropertyId.SESSION_EXPIRY_INTERVAL, 0)
            : connect.cleanStart() ? 0 : NEVER_SECONDS;
    return Math.min(asked, options.maxSessionExpirySeconds());
  }

  private int keepAliveSeconds(Connect connect) {
    int asked = connect.keepAliveSeconds();
    int most = options.maxKeepAliveSeconds();
    boolean isOverridden =
        connect.version() == MqttVersion.V5 && most > 0 && (asked == 0 || asked > most);
    return isOverridden ? most : asked;
  }

  /** The CONNACK of a client that is in (MQTT 5.0 §3.2.2.3). */
  ConnAck welcome(Accepted accepted, boolean sessionPresent) {
    Connect connect = accepted.connect;
    if (connect.version() != MqttVersion.V5) {
      return new ConnAck(sessionPresent, MqttReason.SUCCESS, MqttProperties.NONE);
    }
    EnhancedAuth auth = accepted.auth;
    MqttProperties.Builder properties =
        auth == null ? MqttProperties.builder() : auth.properties(accepted.lastWord);
    if (options.topicAliasMaximum() > 0) {
      properties.number(PropertyId.TOPIC_ALIAS_MAXIMUM, options.topicAliasMaximum());
    }
    if (options.receiveMaximum() < 65_535) {
      properties.number(PropertyId.RECEIVE_MAXIMUM, options.receiveMaximum());
    }
    if (options.maxPacketBytes() < MqttCodec.MAX_PACKET_BYTES) {
      properties.number(PropertyId.MAXIMUM_PACKET_SIZE, options.maxPacketBytes());
    }
    String assigned = accepted.assignedClientId;
    if (assigned != null) {
      properties.text(PropertyId.ASSIGNED_CLIENT_IDENTIFIER, assigned);
    }
    if (accepted.keepAliveSeconds != connect.keepAliveSeconds()) {
      properties.number(PropertyId.SERVER_KEEP_ALIVE, accepted.keepAliveSeconds);
    }
    long askedExpiry = connect.properties().number(PropertyId.SESSION_EXPIRY_INTERVAL, 0);
    if (accepted.sessionExpirySeconds != askedExpiry) {
      properties.number(PropertyId.SESSION_EXPIRY_INTERVAL, accepted.sessionExpirySeconds);
    }
    if (connect.properties().number(PropertyId.REQUEST_RESPONSE_INFORMATION, 0) == 1
        && !options.responseInformation().isEmpty()) {
      properties.text(
          PropertyId.RESPONSE_INFORMATION, options.responseInformation(accepted.peer.origin()));
    }
    return new ConnAck(sessionPresent, MqttReason.SUCCESS, properties.build());
  }

  /** Sends a CONNACK that says no, and closes. */
  void refuse(int reason, Effects<MqttFrame> out) {
    out.send(new ConnAck(false, reason, MqttProperties.NONE));
    out.close("connect_refused");
  }
}
