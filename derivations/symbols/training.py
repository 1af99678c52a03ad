"""The symbols that only claims of the family `training` use."""

from derivations.symbols.core import positive, real

(dgamma_t,) = positive("dgamma_t")  # the slope of gamma in t, where it must be positive
(dw,) = real("dw")  # the slope of a weight in t
(p_lam,) = positive("p")  # the density of lambda at a uniform time
(chance,) = positive("chance")  # that of the first of two outcomes
(weight,) = positive("w_t")  # the weight of a loss, as a function of log SNR
(bias,) = real("bias")  # where a sigmoid of log SNR is 1/2
(freq,) = positive("freq")  # a Fourier feature's 2^n
(clip,) = positive("clip")  # the greatest SNR that Min-SNR's weight takes
(k,) = positive("k")  # the number of examples of a batch
(ranks,) = positive("R")  # the number of ranks
(rank,) = positive("rank")  # the number of a rank
place, place_2 = positive("zeta zeta_2")  # places in a cell, as shares of it
(below,) = positive("below")  # how far log SNR is below 0
(f,) = real("f")  # the squared error of one example
(batch,) = positive("B")  # the number of examples of a rank
(j,) = positive("j")  # the number of an example
(time,) = real("time")  # the time of one of T steps
y_s, y_t = real("y_s y_t")  # the latents that a step is between
y_1, y_2 = real("y_1 y_2")  # two outcomes of the estimate Y
dy_1, dy_2 = real("dy_1 dy_2")  # the slopes of two outcomes in a parameter
(Y,) = real("Y")  # an estimate of a loss
(whole,) = positive("ell_1")  # ell(1), how far log(1 + c SNR) falls from t = 0 to t = 1
(df,) = real("df")  # the slope of the error of one example in gamma
(g,) = real("g")  # the slope of gamma in t, of one example
dgamma_theta, dg_theta = real("dgamma_theta dg_theta")  # the slopes of gamma and of g in a parameter
# these five numbers of the first of two examples
f_1, df_1, g_1, dgamma_theta_1, dg_theta_1 = real("f_1 df_1 g_1 dgamma_theta_1 dg_theta_1")
# these five numbers of the second example
f_2, df_2, g_2, dgamma_theta_2, dg_theta_2 = real("f_2 df_2 g_2 dgamma_theta_2 dg_theta_2")
gap_1, gap_2 = positive("gap_1 gap_2")  # what gamma rises by in two cells
t_1, t_2 = positive("t_1 t_2")  # the times spent in two cells
m_1, m_2 = positive("m_1 m_2")  # the mean squares of Y in two cells
