package io.serai.gateway.amqp.v091;

import io.serai.bus.Caller;
import io.serai.bus.Principal;
import io.serai.gateway.AuthResult;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Credentials;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.model.Origin;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Opens a connection: start, log in, tune, enter a vhost (AMQP 0-9-1 §2.2.4). Confined to the
 * connection's event loop.
 */
final class Handshake {
  static final String PROTOCOL = "amqp-0-9-1";

  private static final String SECTION = "AMQP 0-9-1 §2.2.4";

  private enum Step {
    STARTING,
    SECURING,
    TUNING,
    OPENING
  }

  private final ConnectionInfo info;
  private final Amqp091Options options;
  private final FrameLimits limits;
  private Step step = Step.STARTING;
  private ClientTraits client = new ClientTraits("", false, false, false, false);
  private @Nullable Principal principal;

  /** The challenge the client has to answer. */
  private AuthResult.@Nullable Challenge open;

  private String mechanism = "";
  private int channelMax;

  Handshake(ConnectionInfo info, Amqp091Options options, FrameLimits limits) {
    this.info = info;
    this.options = options;
    this.limits = limits;
    this.channelMax = options.channelMax();
    limits.hasChannels(false);
  }

  void start(Effects<Amqp091Frame> out) {
    out.send(
        new ConnectionMethod.Start(
            0, 0, 9, ServerProperties.of(options.version()), Sasl.mechanisms(info), "en_US"));
  }

  /**
   * Takes the next method of the client.
   *
   * @return the connection once it is open, null until then
   * @throws ProtocolException when it is not the method's turn or the client is not let in
   */
  @Nullable ConnectionScope onMethod(ConnectionMethod method, Effects<Amqp091Frame> out) {
    switch (method) {
      case ConnectionMethod.StartOk startOk when step == Step.STARTING -> logIn(startOk, out);
      case ConnectionMethod.SecureOk secureOk when step == Step.SECURING -> answer(secureOk, out);
      case ConnectionMethod.TuneOk tuneOk when step == Step.TUNING -> tune(tuneOk, out);
      case ConnectionMethod.Open open when step == Step.OPENING -> {
        return enter(open, out);
      }
      default ->
          throw ReplyCode.CHANNEL_ERROR.because(
              "unexpected method in connection state " + stateName(), SECTION);
    }
    return null;
  }

  private String stateName() {
    return step.name().toLowerCase(Locale.ROOT);
  }

  private void logIn(ConnectionMethod.StartOk startOk, Effects<Amqp091Frame> out) {
    client = ClientTraits.of(startOk.clientProperties());
    mechanism = startOk.mechanism();
    Credentials credentials = Sasl.read(mechanism, startOk.response(), info);
    if (credentials == null) {
      refuse(AuthResult.Kind.BAD_CREDENTIALS, out);
    } else {
      out.authenticate(credentials, this::onAuthenticated);
    }
  }

  private void onAuthenticated(AuthResult result, Effects<Amqp091Frame> out) {
    switch (result) {
      case AuthResult.Denied(var kind, _) -> refuse(kind, out);
      case AuthResult.Challenge challenge -> {
        open = challenge;
        step = Step.SECURING;
        out.send(new ConnectionMethod.Secure(0, challenge.data()));
      }
      case AuthResult.Granted(Principal granted, byte[] lastWord) -> {
        principal = granted;
        if (lastWord.length == 0) {
          offerTuning(out);
        } else {
          // 0-9-1 has no place for data with success: it is one more challenge, whose answer is
          // empty (RFC 4422 §3.7).
          step = Step.SECURING;
          out.send(new ConnectionMethod.Secure(0, lastWord));
        }
      }
    }
  }

  /** The client answers a challenge, or has read what came with the success. */
  private void answer(ConnectionMethod.SecureOk secureOk, Effects<Amqp091Frame> out) {
    AuthResult.Challenge to = open;
    open = null;
    if (principal != null) {
      offerTuning(out);
    } else if (to != null) {
      out.authenticate(new Credentials.SaslAnswer(to, secureOk.response()), this::onAuthenticated);
    }
  }

  private void offerTuning(Effects<Amqp091Frame> out) {
    step = Step.TUNING;
    out.send(
        new ConnectionMethod.Tune(
            0, options.channelMax(), options.frameMaxBytes(), options.heartbeatSeconds()));
  }

  /** Says no: in words to a client that reads them, by closing the socket to one that does not. */
  private void refuse(AuthResult.Kind kind, Effects<Amqp091Frame> out) {
    if (client.wantsCloseOnAuthFailure()) {
      ReplyCode code =
          switch (kind) {
            case UNAVAILABLE, BUSY, CONNECTION_RATE_EXCEEDED ->
                ReplyCode.CONNECTION_FORCED; // what clients take for "try again"
            case QUOTA_EXCEEDED -> ReplyCode.NOT_ALLOWED;
            case BAD_CREDENTIALS, NOT_AUTHORIZED, BANNED, UNKNOWN_MECHANISM ->
                ReplyCode.ACCESS_REFUSED;
          };
      out.send(
          new ConnectionMethod.Close(
              0, code.number(), code.name() + " - " + explanation(kind), 0, 0));
    }
    out.close("login_refused");
  }

  private String explanation(AuthResult.Kind kind) {
    return switch (kind) {
      case CONNECTION_RATE_EXCEEDED -> "Too many connections at once, try again later.";
      case QUOTA_EXCEEDED -> "Connection refused: the connection limit is reached.";
      case UNAVAILABLE, BUSY -> "Logins cannot be checked at the moment, try again later.";
      case BANNED -> "This client is kept out for a while, since it connects too often.";
      case BAD_CREDENTIALS, NOT_AUTHORIZED, UNKNOWN_MECHANISM ->
          "Login was refused using authentication mechanism "
              + mechanism
              + ". For details see the broker logfile.";
    };
  }

  private void tune(ConnectionMethod.TuneOk tuneOk, Effects<Amqp091Frame> out) {
    int chosenChannels = tuneOk.channelMax();
    long chosenFrame = tuneOk.frameMaxBytes();
    if (chosenChannels > options.channelMax()) {
      throw notNegotiable("channel_max", chosenChannels, "higher", "maximum", options.channelMax());
    }
    if (chosenFrame > options.frameMaxBytes()) {
      throw notNegotiable("frame_max", chosenFrame, "higher", "maximum", options.frameMaxBytes());
    }
    if (chosenFrame != 0 && chosenFrame < Wire.MIN_FRAME_MAX_BYTES) {
      throw notNegotiable("frame_max", chosenFrame, "lower", "minimum", Wire.MIN_FRAME_MAX_BYTES);
    }
    // 0 leaves the choice to us (§1.4.2.6); what we offered then holds.
    channelMax = chosenChannels == 0 ? options.channelMax() : chosenChannels;
    limits.negotiated(chosenFrame == 0 ? options.frameMaxBytes() : (int) chosenFrame);
    long heartbeatMillis = tuneOk.heartbeatSeconds() * 1000L;
    // A peer that has been silent for two intervals is gone; we speak twice per interval (§4.2.7).
    out.keepalive(heartbeatMillis * 2, heartbeatMillis / 2);
    step = Step.OPENING;
  }

  private static ProtocolException notNegotiable(
      String field, long chosen, String side, String bound, int allowed) {
    return ReplyCode.NOT_ALLOWED.because(
        "negotiated "
            + field
            + " = "
            + chosen
            + " is "
            + side
            + " than the "
            + bound
            + " allowed value ("
            + allowed
            + ")",
        "AMQP 0-9-1 §1.4.2.6");
  }

  private ConnectionScope enter(ConnectionMethod.Open open, Effects<Amqp091Frame> out) {
    Principal user = principal;
    if (user == null) {
      throw new IllegalStateException("connection.open before log-in");
    }
    String vhost = open.vhost();
    Origin origin = new Origin(PROTOCOL, vhost, user.user(), client.name());
    Caller caller = out.enter(user, origin);
    if (caller == null) {
      throw ReplyCode.NOT_ALLOWED.because(
          !out.hasVhost(vhost)
              ? "vhost " + vhost + " not found"
              : "access to vhost '" + vhost + "' refused for user '" + user.user() + "'",
          "AMQP 0-9-1 §1.4.2.7");
    }
    limits.hasChannels(true);
    out.send(new ConnectionMethod.OpenOk(0));
    return new ConnectionScope(caller, origin, client, channelMax);
  }
}
