package io.serai.gateway.mqtt;

import io.serai.gateway.AuthResult;
import io.serai.gateway.Credentials;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Then;
import io.serai.gateway.mqtt.MqttFrame.Auth;
import org.jspecify.annotations.Nullable;

/**
 * Enhanced authentication of one connection (MQTT 5.0 §4.12): the method CONNECT named, and the
 * challenge the client owes an answer to. The same method serves authentication anew on the living
 * connection.
 */
final class EnhancedAuth {
  private static final String SECTION = "§4.12";
  private static final byte[] NOTHING = {};

  private final String method;
  private final Then<AuthResult, MqttFrame> connected;
  private AuthResult.@Nullable Challenge open;

  /**
   * @param method as CONNECT named it
   * @param connected who goes on when CONNECT's authentication has come to an end; never given a
   *     challenge
   */
  EnhancedAuth(String method, Then<AuthResult, MqttFrame> connected) {
    this.method = method;
    this.connected = connected;
  }

  /** Whether the client owes an answer. */
  boolean isOpen() {
    return open != null;
  }

  /** The method and what is said with it, for AUTH and CONNACK. */
  MqttProperties.Builder properties(byte[] data) {
    MqttProperties.Builder properties =
        MqttProperties.builder().text(PropertyId.AUTHENTICATION_METHOD, method);
    return data.length == 0 ? properties : properties.binary(PropertyId.AUTHENTICATION_DATA, data);
  }

  /** The client's CONNECT with this method. */
  void onConnect(MqttProperties asked, Effects<MqttFrame> out) {
    begin(asked, connected, out);
  }

  /** The client's answer to a challenge, before CONNACK. */
  void onAnswer(Auth auth, Effects<MqttFrame> out) {
    requireMethod(auth);
    answer(auth, connected, out);
  }

  /**
   * AUTH on a connection that stands: the client begins anew or answers (MQTT 5.0 §4.12.1).
   *
   * @param done never given a challenge
   */
  void onReauthenticate(Auth auth, Then<AuthResult, MqttFrame> done, Effects<MqttFrame> out) {
    requireMethod(auth);
    if (auth.reason() != MqttReason.REAUTHENTICATE) {
      answer(auth, done, out);
    } else if (open != null) {
      throw PacketReader.protocolError("AUTH begins anew before it has come to an end", SECTION);
    } else {
      begin(auth.properties(), done, out);
    }
  }

  private void requireMethod(Auth auth) {
    String named = auth.properties().text(PropertyId.AUTHENTICATION_METHOD);
    if (named == null) {
      throw PacketReader.protocolError("AUTH without a method", "§3.15.2.2.2");
    }
    if (!named.equals(method)) {
      throw new ProtocolException(
          MqttReason.BAD_AUTHENTICATION_METHOD,
          "AUTH with another method than CONNECT's",
          "MQTT 5.0 " + SECTION);
    }
  }

  private void begin(
      MqttProperties asked, Then<AuthResult, MqttFrame> done, Effects<MqttFrame> out) {
    out.authenticate(
        new Credentials.Sasl(method, data(asked)), (result, later) -> step(result, done, later));
  }

  private void answer(Auth auth, Then<AuthResult, MqttFrame> done, Effects<MqttFrame> out) {
    AuthResult.Challenge to = open;
    if (to == null || auth.reason() != MqttReason.CONTINUE_AUTHENTICATION) {
      throw PacketReader.protocolError("AUTH out of turn", SECTION);
    }
    open = null;
    out.authenticate(
        new Credentials.SaslAnswer(to, data(auth.properties())),
        (result, later) -> step(result, done, later));
  }

  private static byte[] data(MqttProperties properties) {
    byte[] data = properties.binary(PropertyId.AUTHENTICATION_DATA);
    return data == null ? NOTHING : data;
  }

  private void step(AuthResult result, Then<AuthResult, MqttFrame> done, Effects<MqttFrame> out) {
    if (result instanceof AuthResult.Challenge challenge) {
      open = challenge;
      out.send(new Auth(MqttReason.CONTINUE_AUTHENTICATION, properties(challenge.data()).build()));
    } else {
      done.accept(result, out);
    }
  }
}
