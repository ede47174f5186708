package io.serai.storage.fault;

import java.io.IOException;

/** The simulated machine is off: nothing works any more. */
public final class PowerCutException extends IOException {
  PowerCutException() {
    super("simulated power cut");
  }
}
