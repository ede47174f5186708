package io.serai.model.seeded;

import io.serai.bus.Outcome;
import org.slf4j.Logger;

/** Breaks: model sees nothing of ours, and no library but buffers. */
record SeesBus(Outcome outcome, Logger log) {}
