package io.serai.gateway.stomp;

import io.serai.bus.Caller;
import io.serai.bus.Principal;
import io.serai.gateway.AuthResult;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Credentials;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.TextProperties;
import io.serai.gateway.stomp.StompEncoding.Field;
import io.serai.gateway.stomp.StompFrame.ServerFrame;
import io.serai.model.Body;
import io.serai.model.Origin;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens a connection: version, login, vhost, heart-beats. Confined to the connection's event loop.
 */
final class Handshake {
  /** Whom to tell that the connection is open. */
  @FunctionalInterface
  interface Opened {
    void open(StompScope scope, StompVersion version);
  }

  private static final String HEART_BEAT = "heart-beat";
  private static final String BAD_CONNECT = "Bad CONNECT";

  /** The shortest interval we send or expect heart-beats at, as RabbitMQ's. */
  private static final long MIN_HEARTBEAT_MILLIS = 1000;

  private static final long MAX_HEARTBEAT_MILLIS = Integer.MAX_VALUE;

  /**
   * What clients write as host when they know no vhost: where they connected to. On this machine
   * that is no claim to a vhost of that name.
   */
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  private final ConnectionInfo info;
  private final Supplier<String> randomNames;
  private final StompScope.Failures failures;
  private final Opened opened;

  Handshake(
      ConnectionInfo info,
      Supplier<String> randomNames,
      StompScope.Failures failures,
      Opened opened) {
    this.info = info;
    this.randomNames = randomNames;
    this.failures = failures;
    this.opened = opened;
  }

  /**
   * What a CONNECT asks for.
   *
   * @param sendsMillis how often the client can speak, 0 for not
   * @param wantsMillis how often the client wants to hear from us, 0 for not
   */
  private record Wanted(
      StompVersion version,
      @Nullable String login,
      String passcode,
      @Nullable String host,
      String clientId,
      boolean keepsOnError,
      long sendsMillis,
      long wantsMillis) {}

  /** Takes CONNECT or STOMP. */
  void connect(FrameHead head, Effects<StompFrame> out) {
    String accepted = head.first("accept-version");
    StompVersion version = StompVersion.newestIn(accepted);
    Answer answer = new Answer(head.first("receipt"), false);
    if (version == null) {
      out.send(
          answer.error(
              "Version mismatch",
              "Supported versions are " + StompVersion.ALL + '\n',
              new Field("version", StompVersion.ALL)));
      out.close("unsupported_version");
      return;
    }
    Wanted wanted = wanted(head, version);
    out.authenticate(
        credentials(wanted),
        (result, then) -> {
          try {
            onAuthenticated(result, wanted, then);
          } catch (ProtocolException e) {
            failures.fail(answer, e, then);
          }
        });
  }

  private static Wanted wanted(FrameHead head, StompVersion version) {
    String heartBeat = value(head, HEART_BEAT, version);
    String passcode = value(head, "passcode", version);
    String clientId = value(head, "client-id", version);
    String[] intervals = (heartBeat == null ? "0,0" : heartBeat).split(",", -1);
    if (intervals.length != 2) {
      throw badHeartBeat(heartBeat);
    }
    return new Wanted(
        version,
        value(head, "login", version),
        passcode == null ? "" : passcode,
        value(head, "host", version),
        clientId == null ? "" : clientId,
        "keep".equals(head.first("on-error")),
        millis(intervals[0], heartBeat),
        millis(intervals[1], heartBeat));
  }

  /** 1.0 leaves it open whether spaces around a value count; its clients write them. */
  private static @Nullable String value(FrameHead head, String name, StompVersion version) {
    String value = head.first(name);
    return value != null && version == StompVersion.V1_0 ? value.strip() : value;
  }

  private static long millis(String text, @Nullable String all) {
    long millis = TextProperties.decimal(text.strip(), Long.MAX_VALUE);
    if (millis < 0) {
      throw badHeartBeat(all);
    }
    return millis == 0 ? 0 : Math.clamp(millis, MIN_HEARTBEAT_MILLIS, MAX_HEARTBEAT_MILLIS);
  }

  private static ProtocolException badHeartBeat(@Nullable String text) {
    return StompErrors.of(
        BAD_CONNECT,
        "heart-beat is %s, expected two numbers of milliseconds such as 10000,10000"
            .formatted(StompErrors.quoted(String.valueOf(text))),
        "STOMP 1.2 Heart-beating");
  }

  private Credentials credentials(Wanted wanted) {
    String login = wanted.login();
    String subject = info.certificateSubject();
    if (login != null && !login.isEmpty()) {
      return new Credentials.Plain(login, wanted.passcode());
    }
    if (subject != null) {
      return new Credentials.Certificate(subject);
    }
    if (info.anonymousAllowed()) {
      return new Credentials.Anonymous();
    }
    throw StompErrors.of(
        BAD_CONNECT,
        "Access refused: this listener asks for the headers login and passcode",
        "STOMP 1.2 CONNECT");
  }

  private void onAuthenticated(AuthResult result, Wanted wanted, Effects<StompFrame> out) {
    switch (result) {
      case AuthResult.Denied _, AuthResult.Challenge _ ->
          throw StompErrors.of(
              BAD_CONNECT,
              "Access refused for user '%s'"
                  .formatted(wanted.login() == null ? "" : wanted.login()),
              "STOMP 1.2 CONNECT");
      case AuthResult.Granted granted -> enter(granted.principal(), wanted, out);
    }
  }

  private void enter(Principal principal, Wanted wanted, Effects<StompFrame> out) {
    String vhost = vhost(wanted.host(), out);
    Origin origin =
        new Origin("stomp-" + wanted.version().text(), vhost, principal.user(), wanted.clientId());
    Caller caller = out.enter(principal, origin);
    if (caller == null) {
      throw StompErrors.of(
          BAD_CONNECT,
          out.hasVhost(vhost)
              ? "Access to virtual host '%s' refused for user '%s'"
                  .formatted(vhost, principal.user())
              : "Virtual host '%s' not found: the host header names it".formatted(vhost),
          "STOMP 1.2 CONNECT");
    }
    String sessionName = randomNames.get();
    StompScope scope =
        new StompScope(caller, origin, sessionName, wanted.keepsOnError(), randomNames, failures);
    // A peer that has been silent for two intervals is gone; we speak twice per interval.
    out.keepalive(wanted.sendsMillis() * 2, wanted.wantsMillis() / 2);
    out.send(
        new ServerFrame(
            "CONNECTED",
            List.of(
                new Field("version", wanted.version().text()),
                new Field("session", sessionName),
                new Field("server", "Serai/" + StompGateway.version()),
                new Field(HEART_BEAT, wanted.wantsMillis() + "," + wanted.sendsMillis())),
            Body.EMPTY));
    opened.open(scope, wanted.version());
  }

  private String vhost(@Nullable String host, Effects<StompFrame> out) {
    if (host == null || host.isEmpty()) {
      return info.vhost();
    }
    boolean meansMachine =
        info.remoteIsLoopback() && THIS_MACHINE.contains(host) && !out.hasVhost(host);
    return meansMachine ? info.vhost() : host;
  }
}
