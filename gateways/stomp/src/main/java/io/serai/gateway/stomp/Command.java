package io.serai.gateway.stomp;

import org.jspecify.annotations.Nullable;

/** What clients may say. */
enum Command {
  CONNECT,
  STOMP,
  SEND,
  SUBSCRIBE,
  UNSUBSCRIBE,
  ACK,
  NACK,
  BEGIN,
  COMMIT,
  ABORT,
  DISCONNECT;

  private static final int LONGEST = UNSUBSCRIBE.name().length();

  /** The command in these bytes, or null. */
  static @Nullable Command of(byte[] bytes, int from, int to) {
    if (to - from <= LONGEST) {
      for (Command command : values()) {
        if (command.is(bytes, from, to)) {
          return command;
        }
      }
    }
    return null;
  }

  private boolean is(byte[] bytes, int from, int to) {
    String name = name();
    if (name.length() != to - from) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (bytes[from + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether it opens a connection. */
  boolean connects() {
    return this == CONNECT || this == STOMP;
  }
}
