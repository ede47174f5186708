package io.serai.gateway.driver;

import io.serai.bus.Counter;
import io.serai.bus.Counters;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Session;

/**
 * What is done about a fault before its connection closes: it is counted and logged, and the
 * session may say so to the peer. Confined to the connection's event loop.
 */
final class Faults<F> {
  private final ConnectionInfo info;
  private final Effects<F> effects;
  private final Counters counters;

  Faults(ConnectionInfo info, Effects<F> effects, Counters counters) {
    this.info = info;
    this.effects = effects;
    this.counters = counters;
  }

  /** The peer broke a rule of the protocol. Returns why the connection closes. */
  String ofPeer(ProtocolException error, Session<F> session) {
    counters.add(Counter.PROTOCOL_ERRORS, 1);
    ConnectionLog.protocolError(info, error);
    try {
      session.onProtocolError(error, effects);
    } catch (Throwable e) {
      return ofOurs(e, session);
    }
    return "protocol_error";
  }

  /**
   * Our fault: this one connection closes and the loop lives on. That holds for errors such as a
   * failed assertion or a class that does not link, too, and for want of memory outside of the
   * heap, which comes back with the end of who asked for it. (The end of the heap is that of the
   * process.) Only a virtual machine that fails goes on up. Returns why the connection closes.
   */
  String ofOurs(Throwable error, Session<F> session) {
    if (error instanceof VirtualMachineError failure && !isSurvived(failure)) {
      throw failure;
    }
    ConnectionLog.internalError(info, error);
    try {
      session.onInternalError(effects);
    } catch (RuntimeException | OutOfMemoryError e) { // what it says needs memory, too
      ConnectionLog.errorInReport(e);
    }
    return "internal_error";
  }

  private static boolean isSurvived(VirtualMachineError error) {
    return error instanceof StackOverflowError || error instanceof OutOfMemoryError;
  }
}
