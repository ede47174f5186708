package io.serai.gateway.coap;

import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.model.Body;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages about a reliable connection rather than about resources (RFC 8323 §5). */
final class Signals {
  /** In CSM: the longest message the sender takes (RFC 8323 §5.3.1). */
  private static final int MAX_MESSAGE_SIZE = 2;

  /** In CSM: the sender takes blocks (RFC 8323 §5.3.2). */
  private static final int BLOCK_WISE = 4;

  /** In Ping and Pong: everything before has been dealt with (RFC 8323 §5.4.1). */
  private static final int CUSTODY = 2;

  /** In Abort: the option of a CSM that is not understood (RFC 8323 §5.6). */
  private static final int BAD_CSM_OPTION = 2;

  private Signals() {}

  /** What we can: sent first. */
  static CoapMessage capabilities(int maxMessageBytes) {
    return signal(
        CoapCode.CSM,
        CoapToken.EMPTY,
        List.of(CoapOption.of(MAX_MESSAGE_SIZE, maxMessageBytes), CoapOption.of(BLOCK_WISE, 0)),
        Body.EMPTY);
  }

  static CoapMessage ping() {
    return signal(CoapCode.PING, CoapToken.EMPTY, List.of(), Body.EMPTY);
  }

  static CoapMessage pong(CoapToken token, boolean withCustody) {
    return signal(
        CoapCode.PONG,
        token,
        withCustody ? List.of(CoapOption.of(CUSTODY, 0)) : List.of(),
        Body.EMPTY);
  }

  static CoapMessage release() {
    return signal(CoapCode.RELEASE, CoapToken.EMPTY, List.of(), Body.EMPTY);
  }

  /**
   * @param badCsmOption the option of a CSM that is the reason, or -1
   */
  static CoapMessage abort(String why, int badCsmOption) {
    return signal(
        CoapCode.ABORT,
        CoapToken.EMPTY,
        badCsmOption < 0 ? List.of() : List.of(CoapOption.of(BAD_CSM_OPTION, badCsmOption)),
        Body.ofUtf8(why));
  }

  private static CoapMessage signal(
      CoapCode code, CoapToken token, List<CoapOption> options, Body payload) {
    return new CoapMessage(CoapType.CON, 0, code, token, options, payload);
  }

  // ---- reading

  /** The first option that has to be understood and is not, or null; ours are all elective. */
  static @Nullable CoapOption unknownCritical(CoapMessage signal) {
    for (CoapOption option : signal.options()) {
      if (option.isCritical()) {
        return option;
      }
    }
    return null;
  }

  /** The longest message the peer takes, or {@code otherwise} when it does not say. */
  static int maxMessageBytes(CoapMessage csm, int otherwise) {
    CoapOption option = CoapRequest.first(csm.options(), MAX_MESSAGE_SIZE);
    long said = option == null ? -1 : option.unsigned();
    return said < 0 ? otherwise : (int) Math.min(said, Integer.MAX_VALUE);
  }

  static boolean takesBlocks(CoapMessage csm) {
    return CoapRequest.first(csm.options(), BLOCK_WISE) != null;
  }

  static boolean asksForCustody(CoapMessage ping) {
    return CoapRequest.first(ping.options(), CUSTODY) != null;
  }
}
