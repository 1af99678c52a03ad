"""The symbols that only claims of the family `schedules` use."""

from derivations.symbols.core import positive, real

(angle,) = positive("angle")  # iDDPM's pi / (2 (1 + offset)), its angle at t = 1 counted from t = 0
(start,) = real("start")  # the argument of a sigmoid at t = 0
(end,) = real("end")  # the argument of a sigmoid at t = 1
(rho,) = positive("rho")  # the exponent of EDM's schedule
(tau,) = positive("tau")  # the temperature of a sigmoid
abar_1, abar_T = positive("abar_1 abar_T")  # alpha-bar at the first and at the last step of a table
(B_ts,) = positive("B_ts")  # what B rises by from s to t
(B_s,) = positive("B_s")  # the integral of beta up to s; in discrete time -log abar_s
w_1, w_2, w_3 = positive("w_1 w_2 w_3")  # a positive weight of a learned schedule
b_1, b_2 = real("b_1 b_2")  # a free bias of a learned schedule
(net_0,) = real("N_0")  # the value at t = 0 of a rising network N
dnet_0, dnet, dnet_1 = real("dN_0 dN_t dN_1")  # the slope of N at the time in the index, in a parameter
(net_slope,) = real("N'")  # the slope of N in t
(dnet_slope,) = real("dN'")  # the slope of N' in a parameter
(net_rise,) = positive("rise")  # N(t) - N(0)
(net_left,) = positive("left")  # N(1) - N(t)
