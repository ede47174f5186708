package io.serai.routing.selector;

/** What a condition can be: SQL's three values (JMS 2.0 §3.8.1.2). */
enum Truth {
  TRUE,
  FALSE,
  UNKNOWN;

  static Truth of(boolean holds) {
    return holds ? TRUE : FALSE;
  }

  /** JMS 2.0 table 3-4. */
  Truth and(Truth other) {
    return this == FALSE || other == TRUE ? this : other;
  }

  /** JMS 2.0 table 3-5. */
  Truth or(Truth other) {
    return this == TRUE || other == FALSE ? this : other;
  }

  /** JMS 2.0 table 3-6. */
  Truth negated() {
    return switch (this) {
      case TRUE -> FALSE;
      case FALSE -> TRUE;
      case UNKNOWN -> UNKNOWN;
    };
  }
}
