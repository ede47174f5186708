package io.serai.gateway.mqtt;

import io.serai.gateway.AuthResult;

/** Reason codes (MQTT 5.0 §2.4); 3.x return codes are derived from them in {@link MqttCodec}. */
final class MqttReason {
  /**
   * Never on the wire: the connection closes without a word, which MQTT 5.0 §3.1.4 and §4.13 allow.
   * It is what a peer gets that cannot even say who it is.
   */
  static final int UNANSWERED = -1;

  static final int SUCCESS = 0x00;
  static final int DISCONNECT_WITH_WILL = 0x04;
  static final int NO_MATCHING_SUBSCRIBERS = 0x10;
  static final int NO_SUBSCRIPTION_EXISTED = 0x11;
  static final int CONTINUE_AUTHENTICATION = 0x18;
  static final int REAUTHENTICATE = 0x19;

  /** From here on a code means failure. */
  static final int FIRST_FAILURE = 0x80;

  static final int UNSPECIFIED_ERROR = 0x80;
  static final int MALFORMED_PACKET = 0x81;
  static final int PROTOCOL_ERROR = 0x82;
  static final int IMPLEMENTATION_SPECIFIC_ERROR = 0x83;
  static final int UNSUPPORTED_PROTOCOL_VERSION = 0x84;
  static final int CLIENT_IDENTIFIER_NOT_VALID = 0x85;
  static final int BAD_USER_NAME_OR_PASSWORD = 0x86;
  static final int NOT_AUTHORIZED = 0x87;
  static final int SERVER_UNAVAILABLE = 0x88;
  static final int SERVER_BUSY = 0x89;
  static final int BANNED = 0x8A;
  static final int SERVER_SHUTTING_DOWN = 0x8B;
  static final int BAD_AUTHENTICATION_METHOD = 0x8C;
  static final int KEEP_ALIVE_TIMEOUT = 0x8D;
  static final int SESSION_TAKEN_OVER = 0x8E;
  static final int TOPIC_FILTER_INVALID = 0x8F;
  static final int TOPIC_NAME_INVALID = 0x90;
  static final int PACKET_IDENTIFIER_NOT_FOUND = 0x92;
  static final int RECEIVE_MAXIMUM_EXCEEDED = 0x93;
  static final int TOPIC_ALIAS_INVALID = 0x94;
  static final int PACKET_TOO_LARGE = 0x95;
  static final int MESSAGE_RATE_TOO_HIGH = 0x96;
  static final int QUOTA_EXCEEDED = 0x97;
  static final int ADMINISTRATIVE_ACTION = 0x98;
  static final int PAYLOAD_FORMAT_INVALID = 0x99;
  static final int CONNECTION_RATE_EXCEEDED = 0x9F;

  private MqttReason() {}

  /** What CONNACK says to a client that is not let in. */
  static int ofRefusal(AuthResult.Kind kind) {
    return switch (kind) {
      case BAD_CREDENTIALS -> BAD_USER_NAME_OR_PASSWORD;
      case NOT_AUTHORIZED -> NOT_AUTHORIZED;
      case BANNED -> BANNED;
      case UNAVAILABLE -> SERVER_UNAVAILABLE;
      case BUSY -> SERVER_BUSY;
      case QUOTA_EXCEEDED -> QUOTA_EXCEEDED;
      case CONNECTION_RATE_EXCEEDED -> CONNECTION_RATE_EXCEEDED;
      case UNKNOWN_MECHANISM -> BAD_AUTHENTICATION_METHOD;
    };
  }

  /** Whether {@code reason} says that something failed. */
  static boolean isFailure(int reason) {
    return reason >= FIRST_FAILURE;
  }

  /** The CONNACK return code of MQTT 3.1.1 §3.2.2.3 nearest to a failure {@code reason}. */
  static int connectReturnCode(int reason) {
    return switch (reason) {
      case SUCCESS -> 0;
      case UNSUPPORTED_PROTOCOL_VERSION -> 1;
      case CLIENT_IDENTIFIER_NOT_VALID -> 2;
      case BAD_USER_NAME_OR_PASSWORD -> 4;
      case NOT_AUTHORIZED, BANNED -> 5;
      default -> 3;
    };
  }

  /** The reason a 3.x return code of CONNACK stands for. */
  static int ofConnectReturnCode(int code) {
    return switch (code) {
      case 0 -> SUCCESS;
      case 1 -> UNSUPPORTED_PROTOCOL_VERSION;
      case 2 -> CLIENT_IDENTIFIER_NOT_VALID;
      case 4 -> BAD_USER_NAME_OR_PASSWORD;
      case 5 -> NOT_AUTHORIZED;
      default -> SERVER_UNAVAILABLE;
    };
  }
}
